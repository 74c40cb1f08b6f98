// A folder in which a person's git is in the middle of something: notes go on being committed, the folder is left alone and it is said why,
// and nothing that was written meanwhile is lost when they finish it, or drop it.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished } from "vitest";

import type { Kb } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { openHome, personsGit, subjects, temporaryFolder, writing } from "#tests/support/kb.ts";
import { statusOf } from "#tests/support/kb-remote.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

/** A knowledge base with one note, and a branch `theirs` in its folder that changes the same line. */
async function withBranch(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const { kbs } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", "first\n"));
  await kb.runOperation(ctx, writing("a.md", "second\n", { subject: "The second version" }));
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
  await personsGit(kb.folder, "switch", "-qc", "theirs");
  writeFileSync(join(kb.folder, "a.md"), "theirs\n");
  await personsGit(kb.folder, "commit", "-qam", "Theirs");
  await personsGit(kb.folder, "switch", "-q", "main");
  await kb.runOperation(ctx, writing("a.md", "ours\n"));
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
  return { kb, kbs, spaceId };
}

/** What everyone may rely on once a person is done: nothing left over, and the folder at the newest commit. */
async function expectInStep(ctx: Ctx, kb: Kb, spaceId: string): Promise<void> {
  await kb.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ workTreeNote: null, leftAlone: [] });
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
  expect((await statusOf(ctx, spaceId)).headCommit).toBe(await personsGit(kb.folder, "rev-parse", "main"));
  expect(await personsGit(kb.folder, "fsck", "--strict", "--no-dangling")).toBe("");
}

const noteIds = (ctx: Ctx, spaceId: string) =>
  ctx.db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" }, select: { path: true, id: true } });

test("a detached HEAD and another branch are left alone, and the folder follows again when it is back", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId } = await withBranch(ctx, make);
  const places: Array<[command: string[], words: RegExp]> = [
    [["switch", "-q", "--detach", "main"], /is on no branch \(a detached HEAD\), not on main.*`git switch main`/],
    [["switch", "-q", "theirs"], /is on the branch theirs, not on main.*`git switch main`/],
  ];
  for (const [at, [command, words]] of places.entries()) {
    await personsGit(kb.folder, ...command);
    await kb.runOperation(ctx, writing(`${at}.md`, "note\n"));
    await kb.sync(ctx);
    expect(await statusOf(ctx, spaceId)).toMatchObject({ workTreeNote: expect.stringMatching(words) });
    expect(existsSync(join(kb.folder, `${at}.md`))).toBe(false);
    expect(await personsGit(kb.folder, "status", "--porcelain")).toBe("");
    expect((await noteIds(ctx, spaceId)).map((note) => note.path)).toContain(`${at}.md`);
    await personsGit(kb.folder, "switch", "-q", "main");
    await expectInStep(ctx, kb, spaceId);
    expect(readFileSync(join(kb.folder, `${at}.md`), "utf8")).toBe("note\n");
  }
});

const ways: Array<{ what: string; start: string[]; words: RegExp; finish: string[] }> = [
  { what: "merge", start: ["merge", "theirs"], words: /a merge half done/, finish: ["merge", "--continue"] },
  {
    ...{ what: "cherry-pick", start: ["cherry-pick", "theirs"], words: /a cherry-pick half done/ },
    finish: ["cherry-pick", "--continue"],
  },
  {
    what: "revert",
    start: ["revert", "--no-edit", ":/The second version"],
    words: /a revert half done/,
    finish: ["revert", "--continue"],
  },
];

for (const { what, start, words, finish } of ways) {
  test(`what is written while a ${what} is half done is still there when it is dropped, and when it is finished`, async ({
    ctx,
    make,
  }) => {
    const { kb, spaceId } = await withBranch(ctx, make);
    await expect(personsGit(kb.folder, ...start)).rejects.toThrow();
    await kb.runOperation(ctx, writing("b.md", "note\n"));
    await personsGit(kb.folder, what, "--abort");
    await expectInStep(ctx, kb, spaceId);
    expect([await kb.readFile("a.md"), await kb.readFile("b.md")]).toEqual(["ours\n", "note\n"]);

    await expect(personsGit(kb.folder, ...start)).rejects.toThrow();
    await kb.runOperation(ctx, writing("c.md", "note, too\n"));
    await kb.runOperation(ctx, writing("topics/d/d.md", "note, too\n"));
    await kb.sync(ctx);
    const { workTreeNote } = await statusOf(ctx, spaceId);
    expect(workTreeNote).toMatch(words);
    expect(workTreeNote).toContain(`\`git ${finish.join(" ")}\``);
    expect(existsSync(join(kb.folder, "c.md"))).toBe(false);
    expect(await personsGit(kb.folder, "status", "--porcelain")).toMatch(/^(UU|UD|DU) a\.md$/m);
    const before = await noteIds(ctx, spaceId);
    expect(before.map((note) => note.path)).toEqual(["a.md", "b.md", "c.md", "topics/d/d.md"]);

    writeFileSync(join(kb.folder, "a.md"), "both\n");
    await personsGit(kb.folder, "add", "a.md");
    await personsGit(kb.folder, "-c", "core.editor=true", ...finish);
    // Whoever comes first: a note is enough.
    await kb.runOperation(ctx, writing("e.md", "last\n"));
    await expectInStep(ctx, kb, spaceId);
    const texts = await Promise.all(["a.md", "b.md", "c.md", "topics/d/d.md", "e.md"].map((path) => kb.readFile(path)));
    expect(texts).toEqual(["both\n", "note\n", "note, too\n", "note, too\n", "last\n"]);
    expect(readFileSync(join(kb.folder, "topics/d/d.md"), "utf8")).toBe("note, too\n");
    expect(await kb.readFile("index.md")).toContain("topics/d/index.md");
    expect((await noteIds(ctx, spaceId)).filter((note) => note.path !== "e.md")).toEqual(before);
    expect((await statusOf(ctx, spaceId)).openConflicts).toBe(0);
  });
}

test("what is written while a rebase is half done is still there when it is dropped, which takes the branch back", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId } = await withBranch(ctx, make);
  await expect(personsGit(kb.folder, "rebase", "theirs")).rejects.toThrow();
  await kb.runOperation(ctx, writing("b.md", "note\n"));
  await kb.sync(ctx);
  expect((await statusOf(ctx, spaceId)).workTreeNote).toMatch(/a rebase half done.*`git rebase --abort`/);
  const notes = await noteIds(ctx, spaceId);
  await personsGit(kb.folder, "rebase", "--abort");
  expect((await subjects(kb))[0]).toBe("Write a.md");
  await expectInStep(ctx, kb, spaceId);
  expect(await kb.readFile("b.md")).toBe("note\n");
  expect(readFileSync(join(kb.folder, "b.md"), "utf8")).toBe("note\n");
  expect(await noteIds(ctx, spaceId)).toEqual(notes);
});

test("what a finished merge and a note changed in the same place waits for a person; neither is lost", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId } = await withBranch(ctx, make);
  await expect(personsGit(kb.folder, "merge", "theirs")).rejects.toThrow();
  await kb.runOperation(ctx, writing("a.md", "ours, meanwhile\n"));
  writeFileSync(join(kb.folder, "a.md"), "both\n");
  await personsGit(kb.folder, "commit", "-qam", "Merged by hand");
  await kb.sync(ctx);
  expect(await kb.readFile("a.md")).toBe("both\n");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ workTreeNote: null, openConflicts: 1 });
  const files = await ctx.db.prisma.kbConflictFile.findMany({ where: { conflict: { spaceId } } });
  expect(files).toMatchObject([{ path: "a.md", base: "ours\n", ours: "ours, meanwhile\n", theirs: "both\n" }]);
});

/** Waits for a moment in which a lock is there. */
const isLocked = (kb: Kb, lock: string) => existsSync(join(kb.folder, ".git", lock));

function makeOld(path: string, ageMs: number): void {
  const then = new Date(Date.now() - ageMs);
  utimesSync(path, then, then);
}

test("the lock of the index of a git that is at work is respected, however old it is", async ({ ctx, make }) => {
  const { kb, spaceId } = await withBranch(ctx, make);
  writeFileSync(join(kb.folder, "a.md"), "by hand\n");
  // git holds the lock for as long as the editor is open.
  const editor = join(temporaryFolder(), "editor");
  writeFileSync(editor, `#!/bin/sh\nwhile [ ! -e '${editor}.done' ]; do sleep 0.05; done\necho "By hand" > "$1"\n`, {
    mode: 0o755,
  });
  const identity = ["-c", "user.name=Ilse", "-c", "user.email=ilse@example.org"];
  const person = spawn("git", [...identity, "-c", `core.editor=${editor}`, "commit", "-qa"], { cwd: kb.folder });
  const ended = new Promise((resolve) => person.on("close", resolve));
  onTestFinished(() => void person.kill("SIGKILL"));
  await expect.poll(() => isLocked(kb, "index.lock")).toBe(true);
  makeOld(join(kb.folder, ".git/index.lock"), 3_600_000);
  await kb.runOperation(ctx, writing("b.md", "note\n"));
  await kb.sync(ctx);
  expect(isLocked(kb, "index.lock")).toBe(true);
  expect(await kb.readFile("b.md")).toBe("note\n");
  expect(await kb.readFile("a.md")).toBe("ours\n");

  writeFileSync(`${editor}.done`, "");
  // The branch moved under their commit, which git refuses; what they wrote is taken from the folder.
  expect(await ended).toBe(128);
  await expect.poll(() => kb.sync(ctx).then(() => kb.readFile("a.md"))).toBe("by hand\n");
  expect(await subjects(kb)).toContain("Edit a.md");
  expect(await kb.readFile("b.md")).toBe("note\n");
  await expectInStep(ctx, kb, spaceId);
});

test("locks that a dead git left are removed, and stop neither notes nor the folder", async ({ ctx, make }) => {
  const { kb, spaceId } = await withBranch(ctx, make);
  for (const lock of ["index.lock", "refs/heads/main.lock"]) {
    writeFileSync(join(kb.folder, ".git", lock), "");
    makeOld(join(kb.folder, ".git", lock), 3_000);
  }
  await kb.runOperation(ctx, writing("b.md", "note\n"));
  expect(isLocked(kb, "refs/heads/main.lock")).toBe(false);
  expect(await kb.readFile("b.md")).toBe("note\n");
  await expectInStep(ctx, kb, spaceId);
  expect(isLocked(kb, "index.lock")).toBe(false);
});
