// The remote: what is pushed, what is merged, and what is said when that does not go.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { newId } from "#server/lib/ids.ts";
import { startGitServer } from "#tests/support/git-http.ts";
import { personsGit, subjects, temporaryFolder, writing } from "#tests/support/kb.ts";
import {
  bareRemote,
  colleague,
  openWith,
  pushBy,
  remoteTest as test,
  TOKEN,
  USERNAME,
} from "#tests/support/kb-remote.ts";

import { kbStatus } from "../queries.ts";

test("many commits go out in one push, and each operation and note is said to be pushed", async ({ ctx, make, db }) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  const noteIds: string[] = [];
  for (const name of ["a.md", "b.md", "c.md"]) {
    await kb.runOperation(ctx, {
      ...writing(name, "x"),
      inTransaction: async (tx, { commitHash, committedAt }) => {
        noteIds.push(newId());
        await tx.query(
          `insert into notes (id, space_id, kb_id, path, type, title, body, front_matter, commit_hash, committed_at, created_at, updated_at)
           values ($1, $2, $3, $4, 'Note', 'x', 'x', '{}', $5, $6, $6, $6)`,
          [noteIds.at(-1), spaceId, kb.id, name, commitHash, committedAt],
        );
      },
    });
  }
  const { rows: jobs } = await db.pool.query(
    "select task_identifier, key from graphile_worker.jobs where key like 'kb.push:%'",
  );
  expect(jobs).toEqual([{ task_identifier: "kb.push", key: `kb.push:${spaceId}` }]);
  await kb.push(ctx);
  await kb.push(ctx);
  expect(await personsGit(path, "rev-parse", "main")).toBe(await personsGit(kb.folder, "rev-parse", "main"));
  const status = await kbStatus({ kbs: { open: async () => kb, close: async () => {} } }, ctx, { spaceId });
  expect(status).toMatchObject({ remote: path, isPushed: true, unpushed: 0, pushFailure: null });
  expect(status.operations.map((operation) => operation.status)).toEqual(["pushed", "pushed", "pushed"]);
  const events = (await eventsSince(db, { spaceId, after: 0 })).filter((event) => event.type !== "note.committed");
  expect(events.map((event) => event.type).toSorted()).toEqual([
    "kb.synced",
    "note.pushed",
    "note.pushed",
    "note.pushed",
  ]);
  expect(
    events
      .filter((event) => event.type === "note.pushed")
      .map((event) => event.subjectId)
      .toSorted(),
  ).toEqual(noteIds.toSorted());
});

test("a rejected push takes in what others pushed, and then goes out", async ({ ctx, make, db }) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.push(ctx);
  const other = await colleague(path);
  await pushBy(other, "theirs.md", "theirs");
  // Nothing of ours is new: theirs is moved on to.
  await pushBy(other, "theirs-too.md", "theirs");
  await kb.runOperation(ctx, writing("b.md", "b"));
  await kb.push(ctx);
  expect(await subjects(kb)).toEqual(
    expect.arrayContaining(["Take in the changes of others", "Theirs: theirs-too.md", "Write b.md"]),
  );
  expect(readFileSync(join(kb.folder, "theirs.md"), "utf8")).toBe("theirs");
  expect(await personsGit(path, "ls-tree", "--name-only", "main")).toBe(
    "a.md\nb.md\nindex.md\ntheirs-too.md\ntheirs.md",
  );
  expect(await db.prisma.kbOperation.count({ where: { spaceId, status: "pushed" } })).toBe(2);
  expect(await personsGit(kb.folder, "fsck", "--strict")).toBe("");
});

test("what both sides changed is left for a person: committed here, nothing overwritten there, no marker anywhere", async ({
  ctx,
  make,
  db,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", "one\n"));
  await kb.push(ctx);
  await pushBy(await colleague(path), "a.md", "theirs\n");
  await kb.runOperation(ctx, writing("a.md", "ours\n"));
  await expect(kb.push(ctx)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/same places.*: a\.md\. Nothing was overwritten/),
  });
  await expect(kb.push(ctx)).rejects.toMatchObject({ code: "conflict" });
  expect(await kb.readFile("a.md")).toBe("ours\n");
  expect(await personsGit(path, "show", "main:a.md")).toBe("theirs");
  expect(await personsGit(kb.folder, "grep", "-c", "<<<<<<<", "main").catch(() => "none")).toBe("none");
  const row = await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } });
  expect(row.pushFailure).toContain("a.md");
  expect((await eventsSince(db, { spaceId, after: 0 })).filter((event) => event.type === "kb.conflicted")).toHaveLength(
    1,
  );
  // A person merges, in the folder; the next push brings it all.
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
  await personsGit(kb.folder, "pull", "-q", "--no-rebase", "-X", "ours", path, "main");
  await kb.push(ctx);
  expect(await personsGit(path, "show", "main:a.md")).toBe("ours");
  expect((await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } })).pushFailure).toBeNull();
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
