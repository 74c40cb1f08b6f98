// The remote: what is pushed, what is merged, and what is said when that does not go.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { newId } from "#server/lib/ids.ts";
import { startGitServer } from "#tests/support/git-http.ts";
import { openHome, personsGit, subjects, temporaryFolder, writing } from "#tests/support/kb.ts";
import {
  bareRemote,
  colleague,
  openWith,
  pushBy,
  remoteTest as test,
  TOKEN,
  USERNAME,
} from "#tests/support/kb-remote.ts";

import { kbOperations, kbStatus } from "../queries.ts";

test("many commits go out in one push, and each operation and note is said to be pushed", async ({ ctx, make, db }) => {
  const { path } = await bareRemote();
  const { kb, spaceId, home } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  for (const name of ["a.md", "b.md", "c.md"]) await kb.runOperation(ctx, writing(name, "x"));
  const { rows: jobs } = await db.pool.query(
    "select task_identifier, key from graphile_worker.jobs where key like 'kb.push:%'",
  );
  expect(jobs).toEqual([{ task_identifier: `kb.push@${home.homeId}`, key: `kb.push:${spaceId}` }]);
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ isPushed: false, unpushed: 3 });
  const after = (await eventsSince(db, { spaceId, after: 0 })).at(-1)?.seq ?? 0;
  await kb.push(ctx);
  await kb.push(ctx);
  expect(await personsGit(path, "rev-parse", "main")).toBe(await personsGit(kb.folder, "rev-parse", "main"));
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({
    remote: path,
    isPushed: true,
    unpushed: 0,
    pushFailure: null,
    ahead: 0,
    behind: 0,
  });
  const { items } = await kbOperations(ctx, { spaceId });
  expect(items.map((operation) => operation.status)).toEqual(["pushed", "pushed", "pushed"]);
  const events = await eventsSince(db, { spaceId, after });
  expect(events.map((event) => event.type).toSorted()).toEqual([
    "kb.synced",
    "note.pushed",
    "note.pushed",
    "note.pushed",
  ]);
  const notes = await db.prisma.note.findMany({ where: { spaceId }, select: { id: true } });
  expect(
    events
      .filter((event) => event.type === "note.pushed")
      .map((event) => event.subjectId)
      .toSorted(),
  ).toEqual(notes.map((note) => note.id).toSorted());
});

test("a rejected push takes in what others pushed, and then goes out", async ({ ctx, make, db }) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.push(ctx);
  const other = await colleague(path);
  await kb.runOperation(ctx, {
    ...writing("b.md", "b"),
    plan: async () => {
      // Nobody had a chance to see these before the commit.
      await pushBy(other, "theirs.md", "theirs");
      await pushBy(other, "theirs-too.md", "theirs");
      return [{ path: "b.md", content: "b" }];
    },
  });
  await kb.push(ctx);
  const [newest] = await subjects(kb);
  expect(newest).toBe("Take in 2 commits of others");
  expect(readFileSync(join(kb.folder, "theirs.md"), "utf8")).toBe("theirs");
  expect(await personsGit(path, "ls-tree", "--name-only", "main")).toBe(
    "a.md\nb.md\nindex.md\ntheirs-too.md\ntheirs.md",
  );
  // The listing is made anew, of the notes of both.
  expect(await personsGit(path, "show", "main:index.md")).toMatch(/\(\/a\.md\)[^]*\(\/b\.md\)[^]*\(\/theirs\.md\)/);
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId }, orderBy: { startedAt: "asc" } });
  expect(rows.map((row) => [row.kind, row.status])).toEqual([
    ["edit", "pushed"],
    ["edit", "pushed"],
    ["sync", "pushed"],
  ]);
  expect(rows[2]).toMatchObject({ subject: newest, files: expect.arrayContaining(["theirs.md", "theirs-too.md"]) });
  expect(await personsGit(kb.folder, "log", "-1", "--format=%(trailers:key=Winnow-Operation,valueonly)")).toBe(
    `${rows[2]?.id}\n`,
  );
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(4);
  expect(await personsGit(kb.folder, "fsck", "--strict", "--no-dangling")).toBe("");
});

test("what others pushed is in the tree that a note is planned on, and their commits are kept as they are", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, home, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.push(ctx);
  const other = await colleague(path);
  await pushBy(other, "theirs.md", "theirs");
  // Another process has not looked at the remote yet.
  const again = await openHome(ctx, { ...home, env: { KB_GIT_REMOTE: path } }).kbs.open(spaceId);
  let seen: string | null = null;
  await again.runOperation(ctx, {
    ...writing("a.md", "a"),
    plan: async (tree) => {
      seen = await tree.read("theirs.md");
      return [{ path: "a.md", content: "a" }];
    },
  });
  expect(seen).toBe("theirs");
  expect(await subjects(kb)).toEqual(["Write a.md", "Theirs: theirs.md", "Start the knowledge base"]);
  expect(await personsGit(path, "rev-parse", "main")).toBe(await personsGit(kb.folder, "rev-parse", "HEAD^"));
});

test("a remote that is down leaves notes committed, says so, and gets them when it is back", async ({
  ctx,
  make,
  db,
}) => {
  const { root, path } = await bareRemote();
  const server = await startGitServer({ root, username: USERNAME, token: TOKEN });
  const { kb, spaceId } = await openWith(ctx, make, {
    KB_GIT_REMOTE: `${server.url}/team.git`,
    KB_GIT_USERNAME: USERNAME,
    KB_GIT_TOKEN: TOKEN,
  });
  await server.stop();
  await kb.runOperation(ctx, writing("a.md", "a"));
  await expect(kb.push(ctx)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/does not answer\. The notes are committed here/),
  });
  expect(await db.prisma.kbOperation.findFirst({ where: { spaceId } })).toMatchObject({ status: "committed" });
  expect((await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } })).pushFailure).toContain(
    "does not answer",
  );
  expect(existsSync(path)).toBe(true);
});

test("a knowledge base starts from what the remote already holds", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const other = temporaryFolder();
  await personsGit(other, "init", "-q", "-b", "main");
  await personsGit(other, "remote", "add", "origin", path);
  await pushBy(other, "handbook.md", "Read me.");
  const { kb } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  expect(readFileSync(join(kb.folder, "handbook.md"), "utf8")).toBe("Read me.");
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.push(ctx);
  expect(await personsGit(path, "log", "--format=%s", "main")).toBe("Write a.md\nTheirs: handbook.md");
});

test("the remote serves the first space only: another's notes never go there", async ({ ctx, make, db }) => {
  const { path } = await bareRemote();
  const { home, kb } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  const { id: secondId } = await make.space();
  const second = await home.kbs.open(secondId);
  expect([kb.remote, second.remote]).toEqual([path, null]);
  await second.runOperation(ctx, writing("private.md", "x"));
  await second.push(ctx);
  expect(await db.prisma.kbOperation.findFirst({ where: { spaceId: secondId } })).toMatchObject({
    status: "committed",
  });
  await kb.push(ctx);
  expect(await personsGit(path, "ls-tree", "-r", "--name-only", "main")).toBe("index.md");
});

test("an operation that was committed while a push was under way is not said to be pushed", async ({
  ctx,
  make,
  db,
}) => {
  const { root } = await bareRemote();
  let duringPush = async () => {};
  const server = await startGitServer({ root, username: USERNAME, token: TOKEN, beforeAnswer: () => duringPush() });
  const { kb } = await openWith(ctx, make, {
    KB_GIT_REMOTE: `${server.url}/team.git`,
    KB_GIT_USERNAME: USERNAME,
    KB_GIT_TOKEN: TOKEN,
  });
  await kb.runOperation(ctx, writing("a.md", "a"));
  const late = writing("b.md", "b", { operationId: newId() });
  let isDone = false;
  duringPush = async () => {
    if (isDone) return;
    isDone = true;
    await kb.runOperation(ctx, late);
  };
  await kb.push(ctx);
  expect(await db.prisma.kbOperation.findUnique({ where: { id: late.operationId } })).toMatchObject({
    status: "committed",
  });
  await kb.push(ctx);
  expect(await db.prisma.kbOperation.findUnique({ where: { id: late.operationId } })).toMatchObject({
    status: "pushed",
  });
  rmSync(join(root, "team.git"), { recursive: true });
});
