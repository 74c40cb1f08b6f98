// Guarantees 2 and 4: an operation is one commit or none, whoever asks, however often, whatever breaks.
import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import { roomOf } from "#tests/support/kb-room.ts";
import { test } from "#tests/support/test.ts";

import { beginRows, newHold } from "./operation-rows.ts";
import { recordCommits } from "./record.ts";

/** What follows from a commit, broken for the first time as a crash would. */
function brokenOnce() {
  const seen: string[][] = [];
  let isBroken = true;
  return {
    seen,
    inTransaction: async (_tx: unknown, { files }: { files: string[] }) => {
      if (isBroken) {
        isBroken = false;
        throw new Error("crash");
      }
      seen.push(files);
    },
  };
}

test("asked for twenty times at once, it is one commit, and what follows from it happens once", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  let followed = 0;
  const operation = writing("a.md", "a", {
    inTransaction: async () => {
      followed += 1;
    },
  });
  const results = await Promise.all(Array.from({ length: 20 }, () => kb.runOperation(ctx, operation)));
  expect(new Set(results.map((result) => result?.commitHash)).size).toBe(1);
  expect(results.filter((result) => result?.isNew)).toHaveLength(1);
  expect(followed).toBe(1);
  expect(await subjects(kb)).toHaveLength(2);
});

test("a crash between the commit and its rows: the next try completes the rows and commits nothing", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const { seen, inTransaction } = brokenOnce();
  const operation = writing("a.md", "# Of a\n", { inTransaction });
  await expect(kb.runOperation(ctx, operation)).rejects.toThrow("crash");
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(0);
  const other = await kb.runOperation(ctx, writing("b.md", "# Of b\n"));
  const result = await kb.runOperation(ctx, { ...operation, plan: () => Promise.reject(new Error("planned again")) });
  const commitHash = await personsGit(kb.folder, "rev-parse", "HEAD^");
  expect(result).toMatchObject({ isNew: false, commitHash });
  expect(seen.map((files) => files.toSorted())).toEqual([["a.md", "index.md"]]);
  expect(await subjects(kb)).toHaveLength(3);
  const row = await db.prisma.kbOperation.findUniqueOrThrow({ where: { id: operation.operationId } });
  expect(row).toMatchObject({ status: "committed", failure: null, committedAt: result?.committedAt, attempts: 2 });
  expect((await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } })).headCommit).toBe(other?.commitHash);
  const notes = await db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" } });
  expect(notes.map((note) => [note.path, note.title, note.commitHash])).toEqual([
    ["a.md", "Of a", commitHash],
    ["b.md", "Of b", other?.commitHash],
  ]);
});

test("a commit whose rows are completed late leaves the note as others wrote it since", async ({ ctx, make, db }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const operation = writing("a.md", "# First\n", brokenOnce());
  await expect(kb.runOperation(ctx, operation)).rejects.toThrow("crash");
  await kb.runOperation(ctx, writing("a.md", "# Second\n"));
  expect(await kb.runOperation(ctx, operation)).toMatchObject({ isNew: false });
  expect(await db.prisma.note.findFirst({ where: { spaceId } })).toMatchObject({ title: "Second" });
  expect(await kb.readFile("a.md")).toBe("# Second\n");
});

test("a commit is found by its trailer even when the operation's row is gone: it is one commit", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  await kb.runOperation(ctx, writing("before.md", "b"));
  const { seen, inTransaction } = brokenOnce();
  const operation = writing("a.md", "a", { inTransaction });
  await expect(kb.runOperation(ctx, operation)).rejects.toThrow("crash");
  await db.prisma.kbOperation.delete({ where: { id: operation.operationId } });
  const result = await kb.runOperation(ctx, operation);
  expect(result).toMatchObject({ isNew: false, commitHash: await personsGit(kb.folder, "rev-parse", "HEAD") });
  expect(await subjects(kb)).toEqual(["Write a.md", "Write before.md", "Start the knowledge base"]);
  expect(seen).toHaveLength(1);
  expect(await db.prisma.kbOperation.findUnique({ where: { id: operation.operationId } })).toMatchObject({
    status: "committed",
    commitHash: result?.commitHash,
  });
});

test("a commit that is there is recorded, also when nobody wants the operation any more", async ({ ctx, make, db }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const operation = writing("a.md", "a", brokenOnce());
  await expect(kb.runOperation(ctx, operation)).rejects.toThrow("crash");
  expect(await kb.runOperation(ctx, { ...operation, isWanted: async () => false })).toMatchObject({ isNew: false });
  expect(await db.prisma.kbOperation.findUnique({ where: { id: operation.operationId } })).toMatchObject({
    status: "committed",
  });
});

test("what is not wanted writes nothing and leaves no trace, and is not even planned", async ({ ctx, make, db }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  let isPlanned = false;
  const unwanted = writing("a.md", "a", {
    isWanted: async () => false,
    plan: async () => {
      isPlanned = true;
      return [{ path: "a.md", content: "a" }];
    },
  });
  expect(await kb.runOperation(ctx, unwanted)).toBeNull();
  const proposed = {
    ...unwanted,
    plan: undefined,
    proposed: { base: null, changes: [{ path: "a.md", content: "a" }] },
  };
  expect(await kb.runOperation(ctx, proposed)).toBeNull();
  expect(isPlanned).toBe(false);
  expect(await subjects(kb)).toEqual(["Start the knowledge base"]);
  expect(await db.prisma.kbOperation.count({ where: { spaceId } })).toBe(0);
  expect(await eventsSince(db, { spaceId, after: 0 })).toMatchObject([{ type: "kb.synced" }]);
});

test("two holders that both believe in the same commit record it once", async ({ ctx, make, db }) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  let followed = 0;
  const operation = writing("a.md", "a", {
    inTransaction: async () => {
      followed += 1;
    },
  });
  const room = roomOf(ctx, kb, home);
  const tip = await personsGit(kb.folder, "rev-parse", "HEAD");
  await beginRows(ctx, room, [operation], { tip, startedAt: ctx.now() });
  const commit = { hash: "a".repeat(40), committedAt: new Date() };
  const done = [{ operation, files: ["a.md"], changes: [{ path: "a.md", content: "a" }] }];
  const record = () =>
    recordCommits(ctx, room, [{ ctx, commit, operations: done }], {
      ...{ from: tip, upTo: tip, head: commit.hash },
      hold: newHold(ctx, [operation]),
    });
  await Promise.all([record(), record()]);
  expect(followed).toBe(1);
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.filter((event) => event.type === "note.committed")).toHaveLength(1);
});

test("an operation belongs to one knowledge base: another one does not take its id for its own", async ({
  ctx,
  make,
}) => {
  const { kbs } = openHome(ctx);
  const [one, two] = [await kbs.open((await make.space()).id), await kbs.open((await make.space()).id)];
  const operation = writing("a.md", "a");
  await one.runOperation(ctx, operation);
  await expect(two.runOperation(ctx, operation)).rejects.toThrow(/belongs to another knowledge base/);
  expect(await subjects(two)).toEqual(["Start the knowledge base"]);
});
