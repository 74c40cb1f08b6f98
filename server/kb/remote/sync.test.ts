// What others push comes into the notes with one sync, or before the next write; what is written here meanwhile is merged with it.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { startGitServer } from "#tests/support/git-http.ts";
import { openHome, personsGit, subjects, temporaryFolder, writing } from "#tests/support/kb.ts";
import {
  bareRemote,
  colleague,
  openWith,
  pushBy,
  remoteTest as test,
  statusOf,
  TOKEN,
  USERNAME,
} from "#tests/support/kb-remote.ts";

const noteText = (title: string, body: string) => `---\ntype: Note\ntitle: ${title}\n---\n\n${body}\n`;

/** The notes of a space by path: their id and their text. */
async function notesOf(ctx: Ctx, spaceId: string) {
  const rows = await ctx.db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" } });
  return Object.fromEntries(rows.map((row) => [row.path, { id: row.id, body: row.body }]));
}

async function newestSeq(ctx: Ctx, spaceId: string): Promise<number> {
  return (await eventsSince(ctx.db, { spaceId, after: 0 })).at(-1)?.seq ?? 0;
}

/** Someone else commits all that they did in their clone, and pushes it. */
async function pushAll(folder: string, subject: string, ...options: string[]): Promise<void> {
  await personsGit(folder, "add", "-A");
  await personsGit(folder, "commit", "-qm", subject);
  await personsGit(folder, "push", "-q", ...options, "origin", "HEAD:main");
}

test("notes that others changed, added, deleted and renamed are rows and events after one sync", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  for (const name of ["changed", "deleted", "renamed", "untouched"]) {
    await kb.runOperation(ctx, writing(`topics/a/${name}.md`, noteText(name, `The text of ${name}.`)));
  }
  await kb.sync(ctx);
  const before = await notesOf(ctx, spaceId);
  const after = await newestSeq(ctx, spaceId);
  const other = await colleague(path);
  writeFileSync(join(other, "topics/a/changed.md"), noteText("changed", "Another text."));
  writeFileSync(join(other, "topics/a/added.md"), noteText("added", "New."));
  rmSync(join(other, "topics/a/deleted.md"));
  mkdirSync(join(other, "topics/b"));
  renameSync(join(other, "topics/a/renamed.md"), join(other, "topics/b/moved.md"));
  await pushAll(other, "Tidy up");

  await kb.sync(ctx);
  const notes = await notesOf(ctx, spaceId);
  expect(Object.entries(notes).map(([name, { body }]) => `${name}: ${body}`)).toEqual([
    "topics/a/added.md: New.",
    "topics/a/changed.md: Another text.",
    "topics/a/untouched.md: The text of untouched.",
    "topics/b/moved.md: The text of renamed.",
  ]);
  expect(notes["topics/b/moved.md"]?.id).toBe(before["topics/a/renamed.md"]?.id);
  expect(notes["topics/a/changed.md"]?.id).toBe(before["topics/a/changed.md"]?.id);
  const events = (await eventsSince(ctx.db, { spaceId, after })).filter(({ type }) =>
    ["note.committed", "note.reverted"].includes(type),
  );
  expect(events.map((event) => `${event.type} ${event.subjectId}`).toSorted()).toEqual(
    [
      `note.committed ${notes["topics/a/added.md"]?.id}`,
      `note.committed ${notes["topics/a/changed.md"]?.id}`,
      `note.committed ${notes["topics/b/moved.md"]?.id}`,
      `note.reverted ${before["topics/a/deleted.md"]?.id}`,
    ].toSorted(),
  );
  // Nothing of ours was new: theirs is moved on to, without a commit of our own.
  expect((await subjects(kb))[0]).toBe("Tidy up");
  expect(readFileSync(join(kb.folder, "topics/b/moved.md"), "utf8")).toContain("The text of renamed.");
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    ...{ isPushed: true, ahead: 0, behind: 0, syncFailure: null, pushFailure: null, leftAlone: [], problems: [] },
  });
});

test("a note that they renamed and we edited keeps both, as one note", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  const lines = (first: string) => noteText("Rota", `${first}\n${"A line that stays.\n".repeat(20)}`);
  await kb.runOperation(ctx, writing("topics/a/rota.md", lines("Monday: Ilse")));
  await kb.sync(ctx);
  const { id } = (await notesOf(ctx, spaceId))["topics/a/rota.md"] ?? {};
  const other = await colleague(path);
  await kb.runOperation(ctx, writing("topics/a/rota.md", lines("Monday: Vera")));
  await personsGit(other, "mv", "topics/a/rota.md", "topics/a/duty-rota.md");
  await pushAll(other, "A better name");
  await kb.sync(ctx);
  const notes = await notesOf(ctx, spaceId);
  expect(Object.keys(notes)).toEqual(["topics/a/duty-rota.md"]);
  expect(notes["topics/a/duty-rota.md"]).toMatchObject({ id, body: expect.stringContaining("Monday: Vera") });
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, openConflicts: 0 });
  expect(await personsGit(path, "show", "main:topics/a/duty-rota.md")).toContain("Monday: Vera");
});

test("two who list their notes in the same index.md: a rename of theirs and an edit of ours are still one note", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  const text = (first: string) => noteText("Rota", `${first}\n${"A line that stays.\n".repeat(20)}`);
  await kb.runOperation(ctx, writing("topics/a/rota.md", text("Monday: Ilse")));
  await kb.sync(ctx);
  const other = await colleague(path);
  await kb.runOperation(ctx, writing("topics/a/rota.md", text("Monday: Vera").replace("title: Rota", "title: Duty")));
  await personsGit(other, "mv", "topics/a/rota.md", "topics/a/duty-rota.md");
  const index = readFileSync(join(other, "topics/a/index.md"), "utf8");
  writeFileSync(join(other, "topics/a/index.md"), index.replace("/topics/a/rota.md", "/topics/a/duty-rota.md"));
  await pushAll(other, "A better name");
  await kb.sync(ctx);
  expect(Object.keys(await notesOf(ctx, spaceId))).toEqual(["topics/a/duty-rota.md"]);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, openConflicts: 0 });
  expect(await kb.readFile("topics/a/index.md")).toBe("# A\n\n## Notes\n\n* [Duty](/topics/a/duty-rota.md)\n");
});

test("before a write the remote is looked at, so that the note is written on top of what others did", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId, home } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", noteText("A", "ours")));
  await kb.sync(ctx);
  await home.kbs.close();
  await pushBy(await colleague(path), "a.md", noteText("A", "theirs"));
  // A process that has not looked yet.
  const again = await openHome(ctx, { ...home, env: { KB_GIT_REMOTE: path } }).kbs.open(spaceId);
  const seen: Array<string | null> = [];
  await again.runOperation(
    ctx,
    writing("", "", {
      plan: async (tree) => {
        seen.push(await tree.read("a.md"));
        return [{ path: "b.md", content: noteText("B", "ours, too") }];
      },
    }),
  );
  expect(seen.at(-1)).toBe(noteText("A", "theirs"));
  expect(await notesOf(ctx, spaceId)).toMatchObject({ "a.md": { body: "theirs" }, "b.md": { body: "ours, too" } });
});

test("a remote that hangs holds up one note for a few seconds, and the next ones not at all", async ({ ctx, make }) => {
  const { root } = await bareRemote();
  let isHanging = false;
  const server = await startGitServer({
    ...{ root, username: USERNAME, token: TOKEN },
    beforeAnswer: () => (isHanging ? new Promise(() => {}) : Promise.resolve()),
  });
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  const { kb, spaceId, home } = await openWith(ctx, make, env);
  await kb.sync(ctx);
  await home.kbs.close();
  isHanging = true;
  const again = await openHome(ctx, { ...home, env }).kbs.open(spaceId);
  await again.runOperation(ctx, writing("a.md", noteText("A", "first")));
  const startMs = performance.now();
  await again.runOperation(ctx, writing("b.md", noteText("B", "second")));
  expect(performance.now() - startMs).toBeLessThan(4_000);
  expect(Object.keys(await notesOf(ctx, spaceId))).toEqual(["a.md", "b.md"]);
  await server.stop();
});

test("a lock that a dead git left at what was fetched is removed", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  for (const name of ["a.md", "b.md"]) {
    await pushBy(await colleague(path), name, noteText(name, "theirs"));
    const lock = join(kb.folder, ".git/refs/remotes/winnow/main.lock");
    writeFileSync(lock, "");
    utimesSync(lock, new Date(0), new Date(0));
    await kb.sync(ctx);
    expect(await statusOf(ctx, spaceId)).toMatchObject({ syncFailure: null, isPushed: true, behind: 0 });
    expect(Object.keys(await notesOf(ctx, spaceId))).toContain(name);
  }
});

test("a remote that moves before each push is followed for five rounds, then left to a later sync", async ({
  ctx,
  make,
}) => {
  const { root, path } = await bareRemote();
  let moves = 0;
  let isPushNext = (_path: string) => false;
  const server = await startGitServer({
    ...{ root, username: USERNAME, token: TOKEN },
    beforeAnswer: async (request) => {
      if (moves === 0 || !isPushNext(request.path)) return;
      moves -= 1;
      execFileSync("git", ["fast-import", "--quiet"], {
        cwd: path,
        input: `commit refs/heads/main\ncommitter I <i@x> 1750000000 +0000\ndata 4\nfast\nfrom refs/heads/main^0\nM 644 inline theirs-${moves}.md\ndata 1\nx\n`,
      });
    },
  });
  const env = { KB_GIT_REMOTE: `${server.url}/team.git`, KB_GIT_USERNAME: USERNAME, KB_GIT_TOKEN: TOKEN };
  const { kb, spaceId } = await openWith(ctx, make, env);
  await kb.sync(ctx);
  // Before git asks where the branch is.
  isPushNext = (asked) => asked.endsWith("service=git-receive-pack");
  moves = 4;
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.push(ctx);
  expect(moves).toBe(0);
  expect(await personsGit(path, "show", "main:a.md")).toBe("a");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, pushFailure: null });

  // While git sends.
  isPushNext = (asked) => asked.endsWith("/git-receive-pack");
  moves = 5;
  await kb.runOperation(ctx, writing("b.md", "b"));
  await expect(kb.push(ctx)).rejects.toMatchObject({ code: "unavailable" });
  expect(moves).toBe(0);
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    isPushed: false,
    pushFailure: expect.stringMatching(
      /Others pushed to .* at the same time, again and again.*committed here.*tried again by itself/,
    ),
  });
  await kb.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, unpushed: 0, pushFailure: null });
  expect(await personsGit(path, "ls-tree", "--name-only", "main")).toBe(
    ["a.md", "b.md", "index.md", ...[0, 1, 2, 3, 4].map((at) => `theirs-${at}.md`)].join("\n"),
  );
  expect(await personsGit(kb.folder, "fsck", "--strict", "--no-dangling")).toBe("");
});

test("an empty remote and a missing branch are pushed to; a branch that is taken away is made again", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const stranger = temporaryFolder();
  await personsGit(stranger, "init", "-q", "-b", "main");
  writeFileSync(join(stranger, "other.txt"), "Not notes.");
  await personsGit(stranger, "add", "-A");
  await personsGit(stranger, "commit", "-qm", "Something else");
  await personsGit(stranger, "push", "-q", path, "main:other");
  const env = { KB_GIT_REMOTE: path, KB_GIT_BRANCH: "notes" };
  const { kb, spaceId } = await openWith(ctx, make, env);
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.sync(ctx);
  expect(await personsGit(path, "show", "notes:a.md")).toBe("a");
  expect(await personsGit(path, "ls-tree", "--name-only", "other")).toBe("other.txt");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, ahead: 0, behind: 0 });

  await personsGit(path, "update-ref", "-d", "refs/heads/notes");
  await kb.sync(ctx);
  expect(await personsGit(path, "show", "notes:a.md")).toBe("a");
  // Put back from a backup that was older, it gets what it lacks.
  await personsGit(path, "update-ref", "refs/heads/notes", await personsGit(path, "rev-parse", "notes~1"));
  await kb.sync(ctx);
  expect(await personsGit(path, "show", "notes:a.md")).toBe("a");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, ahead: 0, behind: 0, pushFailure: null });
});

/** A repository with a history of its own. */
async function strangersRemote(file: string): Promise<string> {
  const { path } = await bareRemote();
  const folder = temporaryFolder();
  await personsGit(folder, "init", "-q", "-b", "main");
  await personsGit(folder, "remote", "add", "origin", path);
  await pushBy(folder, file, noteText("Theirs", "Read me."));
  return path;
}

test("a history that has nothing to do with these notes is neither taken in nor overwritten", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const { kb, spaceId, home } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", "a"));
  await kb.sync(ctx);
  await home.kbs.close();
  const other = await strangersRemote("theirs.md");
  const theirs = await personsGit(other, "rev-parse", "main");
  const there = await openHome(ctx, { ...home, env: { KB_GIT_REMOTE: other } }).kbs.open(spaceId);
  const written = await there.runOperation(ctx, writing("b.md", "b"));
  await there.sync(ctx);
  await expect(there.push(ctx)).rejects.toMatchObject({ code: "conflict" });
  const words = /has a history of its own.*nothing was taken from it and nothing pushed to it\. Point KB_GIT_REMOTE/;
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    ...{ headCommit: written?.commitHash, isPushed: false, unpushed: 1 },
    syncFailure: expect.stringMatching(words),
    pushFailure: expect.stringMatching(words),
  });
  expect(await personsGit(other, "rev-parse", "main")).toBe(theirs);
  expect(Object.keys(await notesOf(ctx, spaceId))).toEqual(["a.md", "b.md"]);
  expect(readFileSync(join(there.folder, "b.md"), "utf8")).toBe("b");
});

test("a remote that did not answer at the start is taken in later with all of its history, and only that one", async ({
  ctx,
  make,
}) => {
  const path = await strangersRemote("handbook.md");
  renameSync(path, `${path}.away`);
  const { kb, spaceId, home } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", noteText("A", "ours")));
  await kb.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    isPushed: false,
    syncFailure: expect.stringMatching(/no repository at/),
  });
  renameSync(`${path}.away`, path);
  await kb.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ isPushed: true, syncFailure: null, openConflicts: 0 });
  expect(await notesOf(ctx, spaceId)).toMatchObject({ "a.md": { body: "ours" }, "handbook.md": { body: "Read me." } });
  expect(await kb.readFile("index.md")).toMatch(/okf_version[^]*a\.md[^]*handbook\.md/);
  expect(await subjects({ folder: path })).toEqual(
    expect.arrayContaining(["Theirs: handbook.md", "Write a.md", "Start the knowledge base"]),
  );
  await home.kbs.close();
  const other = await strangersRemote("strange.md");
  const there = await openHome(ctx, { ...home, env: { KB_GIT_REMOTE: other } }).kbs.open(spaceId);
  await there.sync(ctx);
  expect((await statusOf(ctx, spaceId)).syncFailure).toMatch(/history of its own/);
  expect(Object.keys(await notesOf(ctx, spaceId))).toEqual(["a.md", "handbook.md"]);
});
