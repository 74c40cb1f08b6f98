// What people change in the folder becomes commits in their own name, on the version that they started from. Nothing of it is overwritten.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { setSetting } from "#server/settings/index.ts";
import { editByHand, openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { kbConflict, kbConflicts, kbStatus } from "./queries.ts";

const TEXT = "# Tides\n\nHigh at noon.\n\nLow at six.\n\nAsk the harbour.\n";

async function withNote(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", TEXT));
  const status = async () => {
    const found = await kbStatus(ctx, { spaceId });
    if (!found) throw new Error("There is no knowledge base.");
    return found;
  };
  return { spaceId, home, kb, status, text: (path: string) => readFileSync(join(kb.folder, path), "utf8") };
}

const lastCommit = (folder: string) => personsGit(folder, "log", "-1", "--format=%s|%an|%ae|%cn");
/** What git says to a person who asks in the folder; its index follows a moment later. */
const gitStatus = (folder: string) => personsGit(folder, "--no-optional-locks", "status", "--porcelain");
const expectClean = (folder: string) => expect.poll(() => gitStatus(folder)).toBe("");

test("files that were edited, added and deleted in the folder are one commit of the one whose files they are", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, status } = await withNote(ctx, make);
  await kb.runOperation(ctx, writing("gone.md", "# Gone\n"));
  editByHand(kb, "a.md", "# By hand\n");
  editByHand(kb, "topics/new/b.md", "# New\n");
  editByHand(kb, "gone.md", null);
  await kb.sync(ctx);
  const { username } = userInfo();
  expect(await lastCommit(kb.folder)).toBe(`Edit 3 files|${username}|${username}@${hostname()}|Winnow`);
  expect(await personsGit(kb.folder, "show", "--format=", "--name-status", "HEAD")).toBe(
    "M\ta.md\nD\tgone.md\nA\ttopics/new/b.md",
  );
  const notes = await db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" } });
  expect(notes.map((note) => [note.path, note.title])).toEqual([
    ["a.md", "By hand"],
    ["topics/new/b.md", "New"],
  ]);
  const head = await personsGit(kb.folder, "rev-parse", "HEAD");
  expect(await db.prisma.kbOperation.findFirst({ where: { spaceId, kind: "hand" } })).toMatchObject({
    status: "committed",
    subject: "Edit 3 files",
    commitHash: head,
    files: expect.arrayContaining(["a.md", "gone.md", "topics/new/b.md"]),
  });
  expect(await status()).toMatchObject({ leftAlone: [], headCommit: head });
  await expectClean(kb.folder);
  // And once.
  await kb.sync(ctx);
  expect(await personsGit(kb.folder, "rev-parse", "HEAD")).toBe(head);
});

test("who a person is in the folder's own git is who the commit is by", async ({ ctx, make }) => {
  const { kb } = await withNote(ctx, make);
  await personsGit(kb.folder, "config", "user.name", "Ilse Möller");
  await personsGit(kb.folder, "config", "user.email", "ilse@example.org");
  editByHand(kb, "a.md", "# By hand\n");
  await kb.sync(ctx);
  expect(await lastCommit(kb.folder)).toBe("Edit a.md|Ilse Möller|ilse@example.org|Winnow");
  await personsGit(kb.folder, "config", "--unset", "user.email");
  editByHand(kb, "a.md", "# By hand again\n");
  await kb.sync(ctx);
  expect(await personsGit(kb.folder, "log", "-1", "--format=%an")).toBe("Ilse Möller");
});

test("a file that was touched a moment ago waits, listed, until it is settled", async ({ ctx, make }) => {
  const { kb, status, text } = await withNote(ctx, make);
  writeFileSync(join(kb.folder, "a.md"), "# Half wri");
  await kb.sync(ctx);
  expect(await subjects(kb)).toHaveLength(2);
  expect((await status()).leftAlone).toEqual(["a.md"]);
  expect(text("a.md")).toBe("# Half wri");
  editByHand(kb, "a.md", "# All written\n");
  await kb.sync(ctx);
  expect((await subjects(kb))[0]).toBe("Edit a.md");
  expect((await status()).leftAlone).toEqual([]);
});

test("what a person has staged is theirs to commit: left alone, listed, and still staged", async ({ ctx, make }) => {
  const { kb, status } = await withNote(ctx, make);
  await expectClean(kb.folder);
  editByHand(kb, "a.md", "# Staged\n");
  editByHand(kb, "new.md", "# Staged, too\n");
  await personsGit(kb.folder, "add", "a.md", "new.md");
  editByHand(kb, "b.md", "# Not staged\n");
  await kb.sync(ctx);
  expect((await subjects(kb))[0]).toBe("Edit b.md");
  expect((await status()).leftAlone).toEqual(["a.md", "new.md"]);
  await expect.poll(() => gitStatus(kb.folder)).toBe("M  a.md\nA  new.md");
});

test("with the setting leave, changed files are left as they are and listed; back on commit they are taken", async ({
  ctx,
  make,
}) => {
  const { spaceId, kb, status, text } = await withNote(ctx, make);
  await setSetting(ctx, { spaceId, key: "kb.handEdits", value: "leave" });
  const hand = TEXT.replace("noon", "one");
  editByHand(kb, "a.md", hand);
  editByHand(kb, "new.md", "# New\n");
  await kb.sync(ctx);
  expect(await subjects(kb)).toHaveLength(2);
  expect((await status()).leftAlone).toEqual(["a.md", "new.md"]);
  expect(await kb.readFile("a.md")).toBe(TEXT);
  // Also what is written to the same file meanwhile does not come over it.
  await kb.runOperation(ctx, writing("a.md", `${TEXT}\nOr Ilse.\n`));
  await kb.sync(ctx);
  expect([text("a.md"), text("new.md")]).toEqual([hand, "# New\n"]);
  await setSetting(ctx, { spaceId, key: "kb.handEdits", value: "commit" });
  await kb.sync(ctx);
  expect(await status()).toMatchObject({ leftAlone: [], openConflicts: 0 });
  expect(await subjects(kb)).toEqual(expect.arrayContaining(["Edit a.md", "Edit new.md"]));
  expect(await kb.readFile("new.md")).toBe("# New\n");
  expect(text("a.md")).toBe(`${hand}\nOr Ilse.\n`);
});

test("an edit of a file that was changed meanwhile is merged from the version that the person had open", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, status, text } = await withNote(ctx, make);
  editByHand(kb, "a.md", TEXT.replace("noon", "one"));
  const result = await kb.runOperation(ctx, writing("a.md", `${TEXT}\nOr Ilse.\n`));
  expect(result?.leftAlone).toEqual(["a.md"]);
  // Long after: the version that it started from is remembered, not guessed.
  for (const name of ["b.md", "c.md"]) await kb.runOperation(ctx, writing(name, name));
  await kb.sync(ctx);
  const merged = `${TEXT.replace("noon", "one")}\nOr Ilse.\n`;
  expect(await kb.readFile("a.md")).toBe(merged);
  expect(text("a.md")).toBe(merged);
  expect(await status()).toMatchObject({ leftAlone: [], openConflicts: 0 });
  expect(await db.prisma.note.findFirst({ where: { spaceId, path: "a.md" } })).toMatchObject({
    body: expect.stringMatching(/High at one[^]*Or Ilse/),
  });
  // A commit of theirs, and a merge of ours that says so.
  expect(await lastCommit(kb.folder)).toBe("Take in what was edited in the folder|Winnow|winnow@localhost|Winnow");
  expect(await personsGit(kb.folder, "log", "-1", "--format=%s|%an", "HEAD^2")).toBe(
    `Edit a.md|${userInfo().username}`,
  );
  await expectClean(kb.folder);
});

test("where both changed the same place, the hand-made version stands, and ours is kept for a person", async ({
  ctx,
  make,
}) => {
  const { spaceId, kb, status, text } = await withNote(ctx, make);
  await personsGit(kb.folder, "config", "user.name", "Ilse");
  await personsGit(kb.folder, "config", "user.email", "ilse@example.org");
  const hand = TEXT.replace("noon", "one");
  editByHand(kb, "a.md", hand);
  const ours = TEXT.replace("noon", "two");
  await kb.runOperation(ctx, writing("a.md", ours));
  await kb.sync(ctx);
  expect(text("a.md")).toBe(hand);
  expect(await kb.readFile("a.md")).toBe(hand);
  const { items } = await kbConflicts(ctx, { spaceId });
  expect(items).toHaveLength(1);
  expect(await kbConflict(ctx, { spaceId, conflictId: items[0]?.id ?? "" })).toMatchObject({
    source: "hand",
    ourAuthor: "Vera Lind",
    theirAuthor: "Ilse",
    files: [{ path: "a.md", base: TEXT, ours, theirs: hand }],
  });
  expect(await status()).toMatchObject({ leftAlone: [], openConflicts: 1 });
  await expectClean(kb.folder);
});

test("hidden files, what editors leave beside a note, and what git ignores are nobody's edits", async ({
  ctx,
  make,
}) => {
  const { kb, status } = await withNote(ctx, make);
  editByHand(kb, ".gitignore", "private/\n");
  editByHand(kb, ".obsidian/workspace.json", "{}");
  editByHand(kb, "topics/.a.md.swp", "x");
  editByHand(kb, "a.md~", "x");
  editByHand(kb, "private/diary.md", "x");
  await kb.sync(ctx);
  expect(await subjects(kb)).toHaveLength(2);
  expect((await status()).leftAlone).toEqual([]);
});

test("a file that took the place of a folder, and a folder that of a file, are taken as well", async ({
  ctx,
  make,
}) => {
  const { kb, status } = await withNote(ctx, make);
  await kb.runOperation(ctx, writing("old/b.md", "# B\n"));
  rmSync(join(kb.folder, "old"), { recursive: true });
  editByHand(kb, "old", "now a file\n");
  editByHand(kb, "a.md", null);
  editByHand(kb, "a.md/inside.md", "# Inside\n");
  await kb.sync(ctx);
  expect(await status()).toMatchObject({ leftAlone: [], syncFailure: null });
  expect(await kb.readFile("old")).toBe("now a file\n");
  expect(await kb.readFile("a.md/inside.md")).toBe("# Inside\n");
  expect(await kb.runOperation(ctx, writing("c.md", "# C\n"))).toMatchObject({ leftAlone: [] });
  await expectClean(kb.folder);
});

test("on another branch nothing is taken, and the Sync page says why and what to do", async ({ ctx, make }) => {
  const { kb, status } = await withNote(ctx, make);
  await expectClean(kb.folder);
  await personsGit(kb.folder, "switch", "-qc", "mine");
  editByHand(kb, "a.md", "# On my branch\n");
  await kb.sync(ctx);
  expect(await kb.readFile("a.md")).toBe(TEXT);
  expect((await status()).workTreeNote).toMatch(/is on the branch mine, not on main\..*`git switch main`/);
  await personsGit(kb.folder, "switch", "-q", "main");
  await kb.sync(ctx);
  expect(await status()).toMatchObject({ workTreeNote: null });
  expect(await kb.readFile("a.md")).toBe("# On my branch\n");
});

test("two processes that look at the same time take an edit once", async ({ ctx, make }) => {
  const { spaceId, home, kb } = await withNote(ctx, make);
  const other = await openHome(ctx, home).kbs.open(spaceId);
  editByHand(kb, "a.md", "# By hand\n");
  // Their clocks are not the same.
  const late: Ctx = { ...ctx, now: () => new Date(Date.now() + 5_000) };
  await Promise.all([kb.sync(ctx), other.sync(late), kb.sync(ctx)]);
  expect(await kb.readFile("a.md")).toBe("# By hand\n");
  expect(await subjects(kb)).toEqual(["Edit a.md", "Write a.md", "Start the knowledge base"]);
  expect((await kbConflicts(ctx, { spaceId })).items).toEqual([]);
  await expectClean(kb.folder);
});
