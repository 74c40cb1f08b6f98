// Notes that may not hold any more become questions in Review, each once.
import { expect } from "vitest";

import { noteFiles } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { reject } from "#server/proposals/index.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { sweep } from "./sweep.ts";
import { planSweeps } from "./timer.ts";

const actor = { type: "system", name: "test" } as const;
const NOW = new Date("2026-11-24T10:00:00Z");

async function room(given: Ctx, make: Make) {
  const ctx = { ...given, now: () => NOW };
  const { id: spaceId } = await make.space();
  const kb = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  let commits = 0;
  const commit = async (
    path: string,
    front: Record<string, unknown>,
    proposalId: string | null = null,
    at: Date | null = null,
  ) => {
    commits += 1;
    const content = `---\n${JSON.stringify({ type: "Decision", status: "stable", ...front })}\n---\n\nText of ${path}.\n`;
    const committedAt = at ?? new Date(NOW.getTime() - 86_400_000 + commits * 1_000);
    const about = { spaceId, kbId: kb.id, commitHash: String(commits).padStart(40, "0"), committedAt };
    await transaction(ctx.db, (tx) =>
      noteFiles.record(tx, { ...about, proposalId, actor, changes: [{ path, content }] }),
    );
  };
  const asked = async () =>
    (
      await ctx.db.prisma.proposal.findMany({
        where: { spaceId, generatedBy: "sweep" },
        include: { evidence: true },
        orderBy: { title: "asc" },
      })
    ).map(({ id, title, kind, details, recommendation, evidence, body }) => ({
      ...{ id, title, kind, recommendation, body },
      details: details as { noteType: string; tags: string[]; retires: { title: string } },
      quotes: evidence.map((each) => each.quote),
    }));
  const rejectAll = async () => {
    const open = await ctx.db.prisma.proposal.findMany({ where: { spaceId, generatedBy: "sweep", status: "pending" } });
    for (const { id: proposalId, version } of open) await reject(ctx, { spaceId, proposalId, version });
  };
  return { ctx, spaceId, commit, asked, rejectAll, run: () => sweep(ctx, { spaceId }) };
}

test("what has passed its day, and facts that nobody has confirmed for long, are asked about once, with their words", async ({
  ctx,
  make,
}) => {
  const { spaceId, commit, asked, rejectAll, run } = await room(ctx, make);
  const origin = await make.proposal({ spaceId });
  await commit("topics/a/past.md", { title: "Past", stale_after: "2026-11-01" }, origin.id);
  await commit("topics/a/future.md", {
    title: "Future",
    stale_after: "2027-11-01",
    verified: [{ by: "h", at: "2020-01-01" }],
  });
  await commit("topics/a/old.md", { title: "Old", verified: [{ by: "h", at: "2026-01-01T00:00:00Z" }] });
  await commit("topics/a/fresh.md", { title: "Fresh", verified: [{ by: "h", at: "2026-11-01T00:00:00Z" }] });
  await commit("topics/a/gone.md", { title: "Gone", status: "deprecated", stale_after: "2026-11-01" });
  expect(await run()).toEqual({ stale: 2, contradiction: 0, "near-duplicate": 0 });
  const [old, past] = await asked();
  expect(old).toMatchObject({ title: "Still true? Old", details: { retires: { title: "Old" }, tags: ["stale"] } });
  // Approved, it retires the note and writes no other one.
  expect(past).toMatchObject({ kind: "note", details: { noteType: "Note" }, quotes: ["Nora, please"] });
  expect(past?.body).toContain("> Text of topics/a/past.md.");
  expect(await run()).toMatchObject({ stale: 0 });
  await rejectAll();
  expect(await run()).toMatchObject({ stale: 0 });
  // Whoever changes the note is asked again.
  await commit("topics/a/past.md", { title: "Past", stale_after: "2026-11-02" }, null, new Date(NOW.getTime() + 1_000));
  expect(await run()).toMatchObject({ stale: 1 });
});

test("a setting says after how long a fact counts as unconfirmed, or never", async ({ ctx, make }) => {
  const { spaceId, commit, run } = await room(ctx, make);
  await commit("topics/a/old.md", { title: "Old", verified: [{ by: "h", at: "2026-01-01" }] });
  const set = (value: number) =>
    ctx.db.pool.query(
      `insert into settings (space_id, key, value, updated_by, updated_at) values ($1, 'knowledge.staleAfterDays', $2, $3, now())
       on conflict (space_id, key) do update set value = excluded.value`,
      [spaceId, JSON.stringify(value), actor],
    );
  await set(0);
  expect(await run()).toMatchObject({ stale: 0 });
  await set(400);
  expect(await run()).toMatchObject({ stale: 0 });
  await set(30);
  expect(await run()).toMatchObject({ stale: 1 });
});

test("of two approved notes that contradict each other the older is asked about; one that is said twice is to be merged", async ({
  ctx,
  make,
}) => {
  const { commit, asked, run } = await room(ctx, make);
  const links = [{ relation: "contradicts", to: "/topics/a/new.md" }];
  await commit("topics/a/old.md", { title: "Weekly", links });
  await commit("topics/a/new.md", { title: "Daily" });
  await commit("topics/a/draft.md", { title: "Maybe", status: "draft", links });
  await commit("topics/b/one.md", { title: "Same thing" });
  await commit("topics/b/two.md", { title: "same thing" });
  expect(await run()).toEqual({ stale: 0, contradiction: 1, "near-duplicate": 1 });
  const [twice, still] = await asked();
  expect(still).toMatchObject({ title: "Still true? Weekly", details: { retires: { title: "Weekly" } } });
  expect(still?.body).toContain("> Text of topics/a/new.md.");
  expect(twice).toMatchObject({ recommendation: "merge", details: { retires: { title: "Same thing" } } });
  expect(await run()).toEqual({ stale: 0, contradiction: 0, "near-duplicate": 0 });
});

test("each space has one sweep in the queue, however often it is planned", async ({ ctx, make }) => {
  const { spaceId } = await room(ctx, make);
  await planSweeps(ctx.db, NOW);
  await planSweeps(ctx.db, new Date(NOW.getTime() + 600_000));
  const { rows } = await ctx.db.pool.query("select run_at from graphile_worker.jobs where key = $1", [
    `analysis.sweep:${spaceId}`,
  ]);
  expect(rows).toEqual([{ run_at: new Date("2026-11-25T03:30:00Z") }]);
});
