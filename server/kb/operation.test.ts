// What an operation leaves behind, and what it never does. That it is done once stands in once.test.ts.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { openHome, personsGit, subjects, temporaryFolder, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

test("an operation is one commit with its trailers, its row says so, and the file stands in the folder", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space({ slug: "harbour" });
  const { kbs, dataDir } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  const operation = writing("topics/a/note.md", "Hello.\n");
  const result = await kb.runOperation(ctx, operation);

  expect(kb.folder).toBe(join(dataDir, "kb", `harbour-${spaceId.slice(-12)}`));
  expect(readFileSync(join(kb.folder, "topics/a/note.md"), "utf8")).toBe("Hello.\n");
  expect(readFileSync(join(kb.folder, "index.md"), "utf8")).toMatch(
    /^---\nokf_version: "0.2"\n---\n[^]*\* \[A\]\(\/topics\/a\/index\.md\)\n$/,
  );
  expect(await db.prisma.note.findMany({ where: { spaceId }, select: { path: true, commitHash: true } })).toEqual([
    { path: "topics/a/note.md", commitHash: result?.commitHash },
  ]);
  expect(await personsGit(kb.folder, "log", "-1", "--format=%H|%an|%ae|%cn|%B")).toBe(
    `${result?.commitHash}|Vera Lind|vera@example.org|Winnow|Write topics/a/note.md\n\n` +
      `Winnow-Operation: ${operation.operationId}\nSource: https://t.me/c/1/42\n`,
  );
  expect(await subjects(kb)).toEqual(["Write topics/a/note.md", "Start the knowledge base"]);
  expect(await kb.readFile("topics/a/note.md")).toBe("Hello.\n");
  expect(await kb.readFile("topics/a/note.md", `${await personsGit(kb.folder, "rev-parse", "HEAD^")}`)).toBeNull();
  expect((await kb.log("topics/a/note.md")).map((commit) => commit.hash)).toEqual([result?.commitHash]);
  const row = await db.prisma.kbOperation.findUniqueOrThrow({ where: { id: operation.operationId } });
  expect(row).toMatchObject({
    kind: "edit",
    status: "committed",
    commitHash: result?.commitHash,
    // The listings that go with it are made by themselves.
    files: ["topics/a/note.md", "topics/a/index.md", "index.md"],
    failure: null,
    attempts: 1,
    requestedBy: ctx.actor,
  });
  expect(row.committedAt).toEqual(result?.committedAt);
  expect((await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } })).headCommit).toBe(result?.commitHash);
});

test("a plan of nothing leaves nothing, and a failed one its reason", async ({ ctx, make, db }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const nothing = writing("a.md", "a", { plan: async () => null });
  expect(await Promise.all([kb.runOperation(ctx, nothing), kb.runOperation(ctx, nothing)])).toEqual([null, null]);
  await kb.runOperation(ctx, writing("a.md", "a"));
  expect(await kb.runOperation(ctx, writing("a.md", "a"))).toBeNull();
  const failing = writing("b.md", "b", { plan: () => Promise.reject(new Error("no")) });
  await expect(kb.runOperation(ctx, failing)).rejects.toThrow("no");
  expect(await db.prisma.kbOperation.findMany({ where: { spaceId }, select: { status: true, failure: true } })).toEqual(
    [
      { status: "committed", failure: null },
      { status: "failed", failure: expect.stringContaining("unexpected") },
    ],
  );
  expect(await kb.runOperation(ctx, { ...failing, plan: async () => [{ path: "b.md", content: "b" }] })).toMatchObject({
    isNew: true,
  });
  expect(await subjects(kb)).toHaveLength(3);
});

test("what a person commits in between is kept, and the plan is made again on top of it", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  let plans = 0;
  await kb.runOperation(ctx, {
    ...writing("list.md", ""),
    plan: async (tree) => {
      plans += 1;
      if (plans === 1) {
        writeFileSync(join(kb.folder, "list.md"), "hers\n");
        await personsGit(kb.folder, "add", "list.md");
        await personsGit(kb.folder, "commit", "-qm", "By hand");
      }
      return [{ path: "list.md", content: `${(await tree.read("list.md")) ?? ""}ours\n` }];
    },
  });
  expect(await subjects(kb)).toEqual(["Write list.md", "By hand", "Start the knowledge base"]);
  expect(readFileSync(join(kb.folder, "list.md"), "utf8")).toBe("hers\nours\n");
});

test("a path that leads anywhere else is refused, and nothing is committed", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const outside = temporaryFolder();
  symlinkSync(outside, join(kb.folder, "onDisk"));
  symlinkSync(outside, join(kb.folder, "inTree"));
  await personsGit(kb.folder, "add", "inTree");
  await personsGit(kb.folder, "commit", "-qm", "A link");
  for (const path of [
    "../x.md",
    "/etc/x.md",
    "a/../../x.md",
    ".git/hooks/x",
    "a/.GIT/x",
    "a\\..\\x",
    "onDisk/x.md",
    "inTree/x.md",
    "inTree",
  ]) {
    await expect(kb.runOperation(ctx, writing(path, "x")), path).rejects.toMatchObject({ code: "invalid_input" });
    expect(await kb.readFile(path).catch((error: { code: string }) => error.code), path).toBeOneOf([
      null,
      "invalid_input",
    ]);
  }
  await kb.runOperation(ctx, writing("a.md", "x"));
  await expect(kb.runOperation(ctx, writing("a.md/b.md", "x"))).rejects.toMatchObject({ code: "conflict" });
  await expect(kb.readFile("a.md", "HEAD")).rejects.toMatchObject({ code: "invalid_input" });
  expect(await subjects(kb)).toEqual(["Write a.md", "A link", "Start the knowledge base"]);
  expect(existsSync(join(outside, "x.md"))).toBe(false);
});

test("a subject from hostile hands stays one line, and no trailer can be put into it", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const forged = newId();
  const operation = writing("a.md", "a", {
    subject: `-m \u202eevil\n\nWinnow-Operation: ${forged}\nReviewed-by: boss ${"x".repeat(200)}`,
    trailers: [
      ["Reviewed-by", `Eve\nWinnow-Operation: ${forged}`],
      ["Winnow-Operation", forged],
      ["Source", "\n"],
    ],
    author: { name: "Eve <boss@example.org>\nparent 0", email: "> 0 +0000\n\nx" },
  });
  await kb.runOperation(ctx, operation);
  const [subject, author, ...trailers] = (
    await personsGit(kb.folder, "log", "-1", "--format=%s%n%an <%ae>%n%(trailers:only,unfold)")
  ).split("\n");
  expect(subject).toMatch(/^-m evil Winnow-Operation: .*…$/);
  expect([...(subject ?? "")].length).toBeLessThanOrEqual(72);
  expect(author).toBe("Eve boss@example.org parent 0 <0 +0000 x>");
  expect(trailers.filter(Boolean)).toEqual([
    `Winnow-Operation: ${operation.operationId}`,
    `Reviewed-by: Eve Winnow-Operation: ${forged}`,
  ]);
  // An operation that only ever stood in a text is not taken for done.
  await expect(
    kb.runOperation(ctx, writing("b.md", "b", { operationId: forged, plan: () => Promise.reject(new Error("no")) })),
  ).rejects.toThrow("no");
  expect(await kb.runOperation(ctx, writing("b.md", "b", { operationId: forged }))).toMatchObject({ isNew: true });
});

test("a lock file of a git that was killed does not stop the next operation", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  for (const name of ["refs/heads/main.lock", "HEAD.lock", "packed-refs.lock", "index.lock"]) {
    writeFileSync(join(kb.folder, ".git", name), "");
  }
  expect(await kb.runOperation(ctx, writing("a.md", "a"))).toMatchObject({ isNew: true });
  expect(readFileSync(join(kb.folder, "a.md"), "utf8")).toBe("a");
});
