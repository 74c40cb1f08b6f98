import { describe, expect } from "vitest";

import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { approve, reject } from "./decide.ts";
import { likeness, sharedWords } from "./alike.ts";
import { propose } from "./propose.ts";
import { type NewProposal, ProposalDetails } from "./schema.ts";
import { similarThings } from "./similar.ts";

// Guarantee: what is like a proposal is found in any script, with the reason that it is, and never the thing itself.

describe("titles", () => {
  test("are alike as Postgres says where it can, and in other scripts too", async ({ db }) => {
    const pairs = [
      ["Renew the harbour permit", "Renew the permit of the harbour"],
      ["Tide tables", "Renew the permit"],
    ] as const;
    for (const [a, b] of pairs) {
      const { rows } = await db.pool.query<{ of: number }>("select similarity($1, $2) as of", [a, b]);
      expect(likeness(a, b)).toBeCloseTo(rows[0]!.of, 2);
    }
    expect(likeness("Продлить разрешение порта", "Продлить разрешения порта")).toBeGreaterThan(0.75);
    expect(likeness("Продлить разрешение порта", "Таблица приливов")).toBeLessThan(0.1);
    expect(sharedWords("Renew the permits of the harbour", "The harbour has a permit")).toEqual(["permits", "harbour"]);
  });
});

test("a proposal knows what was there before it, and what to do about it", async ({ ctx, db, make }) => {
  const space = await make.space();
  const said = await make.message({ spaceId: space.id });
  const evidence = [{ messageId: said.id, revision: 1, start: 0, end: 12, quote: said.text.slice(0, 12) }];
  const add = async (title: string, of: { evidence?: typeof evidence } = {}) => {
    const details = ProposalDetails.parse({ noteType: "Task" });
    const proposals: NewProposal[] = [
      {
        ...{ kind: "task", title, body: "", details, confidence: "fair", reasons: [], evidence: of.evidence ?? [] },
        // As a reading says it that was told of nothing like it.
        recommendation: { action: "new", why: null },
      },
    ];
    const about = { spaceId: space.id, runId: null, batchId: null, generatedBy: "rules", promptKey: "extraction@3" };
    const [id] = await transaction(db, (tx) => propose(tx, ctx, { ...about, proposals }));
    return db.prisma.proposal.findUniqueOrThrow({ where: { id: id! } });
  };

  const first = await add("Renew the harbour permit", { evidence });
  expect(first).toMatchObject({ similar: [], recommendation: "new", promptKey: "extraction@3" });

  const twin = await add("Renew the permit of the harbour", { evidence });
  expect(twin).toMatchObject({
    similar: [
      {
        type: "proposal",
        id: first.id,
        why: [expect.stringMatching(/^title \d+ % alike$/), "quotes the same message"],
      },
    ],
    recommendation: "merge",
    recommendationWhy: "“Renew the harbour permit”, which waits too, says it of the same message.",
  });

  const russian = await add("Продлить разрешение порта");
  expect(await add("Продлить разрешения порта")).toMatchObject({ similar: [{ id: russian.id }] });

  const signal = AbortSignal.timeout(10_000);
  const things = await similarThings({ embedder: null }, ctx, { spaceId: space.id, proposalId: first.id, signal });
  expect(things.map((thing) => thing.id)).toEqual([twin.id]);
  const elsewhere = { spaceId: (await make.space()).id, proposalId: first.id, signal };
  await expect(similarThings({ embedder: null }, ctx, elsewhere)).rejects.toMatchObject({ code: "not_found" });
  await reject(ctx, { spaceId: space.id, proposalId: twin.id, version: 1, code: "duplicate" });
  expect(await similarThings({ embedder: null }, ctx, { spaceId: space.id, proposalId: first.id, signal })).toEqual([]);
});

test("a note that says it already is a reason to reject, one about the same to update it", async ({
  ctx,
  db,
  make,
}) => {
  const known = await make.proposal({ title: "Renew the harbour permit", body: "By Friday." });
  const commit = { commitHash: "a".repeat(40), committedAt: new Date() };
  const { spaceId } = known;
  const at = { createdAt: new Date(), updatedAt: new Date() };
  const kbId = newId();
  await db.prisma.knowledgeBase.create({ data: { id: kbId, spaceId, homeId: newId() } });
  const note = {
    id: newId(),
    spaceId,
    kbId,
    path: "tasks/permit.md",
    type: "Task",
    tags: [],
    frontMatter: {},
    ...commit,
    ...at,
  };
  await db.prisma.note.create({ data: { ...note, title: known.title, body: "By Friday." } });
  await approve(ctx, { spaceId, proposalId: known.id, version: 1 });
  const again = await make.proposal({ runId: known.runId!, title: known.title, body: "By friday" });
  expect(again).toMatchObject({
    recommendation: "reject",
    similar: [{ type: "note", id: note.id, score: 1, why: ["says the same"] }],
  });
  const near = await make.proposal({ runId: known.runId!, title: "Renew the harbour permits", body: "By Monday." });
  expect(near.recommendation).toBe("update");
  expect(near.recommendationWhy).toContain("Renew the harbour permit");
});
