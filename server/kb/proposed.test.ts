// What was decided on an older commit: merged onto the newest one, planned again, or kept for a person. Nothing is overwritten unseen.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import type { FileChange, OperationInput } from "./kb.ts";
import { kbConflict, kbConflicts, kbOperation, kbStatus } from "./queries.ts";

const TEXT = "# Tides\n\nHigh at noon.\n\nLow at six.\n\nAsk the harbour.\n";
const author = { name: "Nora Field", email: "nora@example.org" };

function proposing(base: string | null, changes: FileChange[], given: Partial<OperationInput> = {}): OperationInput {
  const about = { operationId: newId(), kind: "edit" as const, subject: "Edit the tides", trailers: [], author };
  return { ...about, ...given, proposed: { base, changes } };
}

/** A knowledge base with a note, and what stands at its commit. */
async function withNote(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const written = await kb.runOperation(ctx, writing("a.md", TEXT));
  return { spaceId, kb, base: written?.commitHash ?? null };
}

test("a text on the newest commit is written as it is; one on an older commit is merged with what came since", async ({
  ctx,
  make,
}) => {
  const { kb, base } = await withNote(ctx, make);
  const noon = TEXT.replace("noon", "one");
  await kb.runOperation(ctx, proposing(base, [{ path: "a.md", content: noon }]));
  expect(await kb.readFile("a.md")).toBe(noon);
  const result = await kb.runOperation(ctx, proposing(base, [{ path: "a.md", content: `${TEXT}\nOr Ilse.\n` }]));
  expect(await kb.readFile("a.md")).toBe(`${noon}\nOr Ilse.\n`);
  expect(readFileSync(join(kb.folder, "a.md"), "utf8")).toBe(`${noon}\nOr Ilse.\n`);
  // It is one commit on top, not a merge.
  expect(await personsGit(kb.folder, "rev-list", "--parents", "-1", result?.commitHash ?? "")).toMatch(
    /^\w{40} \w{40}$/,
  );
});

test("what someone else wrote already is not written again", async ({ ctx, make, db }) => {
  const { kb, base } = await withNote(ctx, make);
  await kb.runOperation(ctx, writing("a.md", "# The same\n"));
  const operation = proposing(base, [{ path: "a.md", content: "# The same\n" }]);
  expect(await kb.runOperation(ctx, operation)).toBeNull();
  expect(await db.prisma.kbOperation.findUnique({ where: { id: operation.operationId } })).toBeNull();
  expect(await subjects(kb)).toHaveLength(3);
});

test("a clash is parked with its three versions: theirs stands, the operation says so, and others go on", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, base } = await withNote(ctx, make);
  const theirs = TEXT.replace("noon", "two");
  const second = await kb.runOperation(ctx, writing("a.md", theirs));
  const ours = TEXT.replace("noon", "one");
  const operation = proposing(base, [
    { path: "a.md", content: ours },
    { path: "b.md", content: "# Not without the other\n" },
  ]);
  expect(await kb.runOperation(ctx, operation)).toBeNull();
  expect(await kb.readFile("a.md")).toBe(theirs);
  expect(await kb.readFile("b.md")).toBeNull();

  const [conflict] = (await kbConflicts(ctx, { spaceId })).items;
  expect(conflict).toMatchObject({ source: "operation", status: "open", subject: "Edit the tides", files: ["a.md"] });
  expect(await kbConflict(ctx, { spaceId, conflictId: conflict?.id ?? "" })).toMatchObject({
    ourAuthor: "Nora Field",
    theirAuthor: "Vera Lind",
    files: [{ path: "a.md", base: TEXT, ours, theirs, isText: true, choice: null }],
  });
  const row = await db.prisma.kbConflict.findUniqueOrThrow({ where: { id: conflict?.id ?? "" } });
  expect(row).toMatchObject({ baseCommit: base, theirCommit: second?.commitHash, mergeCommit: null });
  expect(await kbOperation(ctx, { spaceId, operationId: operation.operationId })).toMatchObject({
    status: "conflicted",
    conflictId: conflict?.id,
    commitHash: null,
    failure: expect.stringMatching(/a\.md.*Choose on the Sync page/),
  });
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 1 });
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.filter((event) => event.type === "kb.conflicted")).toMatchObject([
    { subjectId: kb.id, payload: { conflictId: conflict?.id } },
  ]);
  // Nobody waits for that person.
  expect(await kb.runOperation(ctx, writing("c.md", "c"))).toMatchObject({ isNew: true });
  expect(await kb.runOperation(ctx, writing("a.md", "# Later\n"))).toMatchObject({ isNew: true });
});

test("a conflict is parked once, however often its operation is tried, and as it is then", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, base } = await withNote(ctx, make);
  await kb.runOperation(ctx, writing("a.md", "# Two\n"));
  const operation = proposing(base, [{ path: "a.md", content: "# One\n" }]);
  await kb.runOperation(ctx, operation);
  await kb.runOperation(ctx, writing("a.md", "# Three\n"));
  await kb.runOperation(ctx, operation);
  const files = await db.prisma.kbConflictFile.findMany({ where: { conflict: { spaceId } } });
  expect(files).toMatchObject([{ base: TEXT, ours: "# One\n", theirs: "# Three\n" }]);
});

test("an operation that can be written after all takes its conflict with it", async ({ ctx, make }) => {
  const { spaceId, kb, base } = await withNote(ctx, make);
  await kb.runOperation(ctx, writing("a.md", "# Two\n"));
  const operation = proposing(base, [{ path: "a.md", content: "# One\n" }]);
  await kb.runOperation(ctx, operation);
  // Someone puts back what stood there.
  await kb.runOperation(ctx, writing("a.md", TEXT));
  expect(await kb.runOperation(ctx, operation)).toMatchObject({ isNew: true });
  expect(await kb.readFile("a.md")).toBe("# One\n");
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });
});

test("one that is not wanted any more takes its conflict with it, too", async ({ ctx, make }) => {
  const { spaceId, kb, base } = await withNote(ctx, make);
  await kb.runOperation(ctx, writing("a.md", "# Two\n"));
  const operation = proposing(base, [{ path: "a.md", content: "# One\n" }]);
  await kb.runOperation(ctx, operation);
  await kb.runOperation(ctx, { ...operation, isWanted: async () => false });
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });
});

test("where there is a plan beside it, a clash is planned again at the tip, and nobody is asked", async ({
  ctx,
  make,
}) => {
  const { spaceId, kb, base } = await withNote(ctx, make);
  await kb.runOperation(ctx, writing("a.md", "# Two\n"));
  let plans = 0;
  const plan = async (tree: { read: (path: string) => Promise<string | null> }) => {
    plans += 1;
    return [{ path: "a.md", content: `${await tree.read("a.md")}\nAnd one.\n` }];
  };
  const operation = proposing(base, [{ path: "a.md", content: "# One\n" }], { plan });
  expect(await kb.runOperation(ctx, operation)).toMatchObject({ isNew: true });
  expect(plans).toBe(1);
  expect(await kb.readFile("a.md")).toBe("# Two\n\nAnd one.\n");
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });
  // Where it can be merged the plan is not asked.
  const easy = proposing(base, [{ path: "new.md", content: "# New\n" }], { plan });
  expect(await kb.runOperation(ctx, easy)).toMatchObject({ isNew: true });
  expect(plans).toBe(1);
});

test("files that came and went in between: deleted on both sides is done, deleted here and edited there is a clash", async ({
  ctx,
  make,
}) => {
  const { spaceId, kb, base } = await withNote(ctx, make);
  const deletion = () => proposing(base, [{ path: "a.md", delete: true }]);
  await kb.runOperation(ctx, writing("a.md", "# Edited\n"));
  expect(await kb.runOperation(ctx, deletion())).toBeNull();
  expect((await kbConflicts(ctx, { spaceId })).items).toHaveLength(1);
  expect(await kb.readFile("a.md")).toBe("# Edited\n");
  await kb.runOperation(ctx, writing("", "", { plan: async () => [{ path: "a.md", delete: true }] }));
  expect(await kb.runOperation(ctx, deletion())).toBeNull();
  expect((await kbConflicts(ctx, { spaceId })).items).toHaveLength(1);
  // Edited here, deleted there.
  expect(await kb.runOperation(ctx, proposing(base, [{ path: "a.md", content: "# Mine\n" }]))).toBeNull();
  const items = (await kbConflicts(ctx, { spaceId })).items;
  expect(items).toHaveLength(2);
  const conflict = await kbConflict(ctx, { spaceId, conflictId: items[0]?.id ?? "" });
  expect(conflict.files).toMatchObject([{ base: TEXT, ours: "# Mine\n", theirs: null }]);
});

test("two texts of one file in one commit are merged with each other as well", async ({ ctx, make }) => {
  const { spaceId, kb, base } = await withNote(ctx, make);
  const noon = TEXT.replace("noon", "one");
  const more = `${TEXT}\nOr Ilse.\n`;
  const operations = [
    proposing(base, [{ path: "a.md", content: noon }]),
    proposing(base, [{ path: "a.md", content: more }]),
    proposing(base, [{ path: "a.md", content: TEXT.replace("noon", "three") }]),
  ];
  const results = await kb.runTogether(ctx, operations, { subject: "Edit the tides, twice" });
  expect(await kb.readFile("a.md")).toBe(`${noon}\nOr Ilse.\n`);
  expect(results.map((result) => result?.isNew ?? null)).toEqual([true, true, null]);
  expect((await kbConflicts(ctx, { spaceId })).items).toHaveLength(1);
});
