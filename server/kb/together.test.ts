// Several operations in one commit: one for the reader of the history, several for whoever asks what became of them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

test("operations that are run together are one commit with a trailer each, and each has its row", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const operations = [
    writing("topics/a/1.md", "# One\n", { kind: "create", trailers: [["Winnow-Proposal", "p1"]] }),
    writing("topics/a/2.md", "# Two\n", { kind: "create", trailers: [["Winnow-Proposal", "p2"]] }),
    writing("topics/b/3.md", "# Three\n", { kind: "create", trailers: [] }),
  ];
  const results = await kb.runTogether(ctx, operations, { subject: "Add 3 notes, reviewed by Vera Lind" });
  const [first] = results;
  expect(results.map((result) => [result?.commitHash, result?.isNew])).toEqual(
    operations.map(() => [first?.commitHash, true]),
  );
  expect(await personsGit(kb.folder, "log", "-1", "--format=%s%n%(trailers:only,unfold)")).toBe(
    [
      "Add 3 notes, reviewed by Vera Lind",
      ...operations.map(({ operationId }) => `Winnow-Operation: ${operationId}`),
      "Winnow-Proposal: p1",
      "Winnow-Proposal: p2",
      "",
    ].join("\n"),
  );
  expect(await subjects(kb)).toHaveLength(2);
  expect(await kb.readFile("topics/a/index.md")).toMatch(/\[Two\][^]*\[One\]/);
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId }, orderBy: { subject: "asc" } });
  expect(rows.map((row) => [row.subject, row.status, row.commitHash, row.files[0]])).toEqual(
    operations.map(({ subject }) => [subject, "committed", first?.commitHash, subject.replace("Write ", "")]),
  );
  const [commit] = await kb.log();
  expect(commit?.operationIds).toEqual(operations.map((each) => each.operationId));
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.filter((event) => event.type === "note.committed")).toHaveLength(3);
  expect(events.map((event) => event.type).filter((type) => /locked|released/.test(type))).toEqual([
    "kb.locked",
    "kb.released",
  ]);
});

test("a single one keeps its own subject", async ({ ctx, make }) => {
  const kb = await openHome(ctx).kbs.open((await make.space()).id);
  await kb.runTogether(ctx, [writing("a.md", "a")], { subject: "Add 1 notes" });
  expect(await subjects(kb)).toEqual(["Write a.md", "Start the knowledge base"]);
  expect(await kb.runTogether(ctx, [], { subject: "Add 0 notes" })).toEqual([]);
});

test("each sees what those before it wrote", async ({ ctx, make }) => {
  const kb = await openHome(ctx).kbs.open((await make.space()).id);
  const adding = (word: string) =>
    writing("", "", {
      plan: async (tree) => [{ path: "list.md", content: `${(await tree.read("list.md")) ?? ""}${word}\n` }],
    });
  await kb.runTogether(ctx, [adding("one"), adding("two"), adding("three")], { subject: "Add three" });
  expect(await kb.readFile("list.md")).toBe("one\ntwo\nthree\n");
  expect(await subjects(kb)).toHaveLength(2);
});

test("one that has nothing to do, or is not wanted, leaves the others as they are and is forgotten", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const operations = [
    writing("a.md", "a"),
    writing("b.md", "b", { isWanted: async () => false }),
    writing("c.md", "c", { plan: async () => null }),
    writing("d.md", "d"),
  ];
  const results = await kb.runTogether(ctx, operations, { subject: "Add some" });
  expect(results.map((result) => result?.isNew ?? null)).toEqual([true, null, null, true]);
  const ids = (await db.prisma.kbOperation.findMany({ where: { spaceId } })).map((row) => row.id);
  expect(ids).toHaveLength(2);
  expect(ids).toEqual(expect.arrayContaining([operations[0]?.operationId, operations[3]?.operationId]));
  expect(await kb.readFile("b.md")).toBeNull();
});

test("one that fails keeps all of them out, and the next try brings them all", async ({ ctx, make, db }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const broken = writing("b.md", "b", { plan: () => Promise.reject(new Error("no")) });
  const fine = writing("a.md", "a");
  await expect(kb.runTogether(ctx, [fine, broken], { subject: "Add both" })).rejects.toThrow("no");
  expect(await subjects(kb)).toHaveLength(1);
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId } });
  expect(rows.map((row) => row.status)).toEqual(["failed", "failed"]);
  const again = [fine, { ...broken, plan: async () => [{ path: "b.md", content: "b" }] }];
  expect(await kb.runTogether(ctx, again, { subject: "Add both" })).toMatchObject([{ isNew: true }, { isNew: true }]);
  expect(await subjects(kb)).toHaveLength(2);
});

test("after a crash before the rows each is found in the one commit, together or alone, and follows once", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const followed: string[] = [];
  let isBroken = true;
  const operations = ["a", "b", "c"].map((name) =>
    writing(`${name}.md`, name, {
      inTransaction: async () => {
        if (isBroken && name === "b") throw new Error("crash");
        if (!isBroken) followed.push(name);
      },
    }),
  );
  await expect(kb.runTogether(ctx, operations, { subject: "Add three" })).rejects.toThrow("crash");
  isBroken = false;
  const commitHash = await personsGit(kb.folder, "rev-parse", "HEAD");
  // What failed with one is tried again by itself, or with others that are new.
  const [, b] = operations;
  if (b) expect(await kb.runOperation(ctx, b)).toMatchObject({ isNew: false, commitHash });
  const fresh = writing("d.md", "d");
  const results = await kb.runTogether(ctx, [...operations, fresh], { subject: "Add the rest" });
  expect(results.map((result) => result?.isNew)).toEqual([false, false, false, true]);
  expect(results.slice(0, 3).map((result) => result?.commitHash)).toEqual([commitHash, commitHash, commitHash]);
  expect(followed.toSorted()).toEqual(["a", "b", "c"]);
  expect(await subjects(kb)).toEqual(["Write d.md", "Add three", "Start the knowledge base"]);
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId } });
  expect(rows.map((row) => row.status)).toEqual(["committed", "committed", "committed", "committed"]);
  expect((await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } })).headCommit).toBe(
    results[3]?.commitHash,
  );
});

test("one that is done already does not hide what a person committed in the folder meanwhile", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const done = writing("a.md", "a");
  await kb.runOperation(ctx, done);
  writeFileSync(join(kb.folder, "hers.md"), "# Hers\n");
  await personsGit(kb.folder, "add", "hers.md");
  await personsGit(kb.folder, "commit", "-qm", "By hand", "--", "hers.md");
  await kb.runTogether(ctx, [done, writing("b.md", "b")], { subject: "Add both" });
  const notes = await db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" } });
  expect(notes.map((note) => note.path)).toEqual(["a.md", "b.md", "hers.md"]);
});
