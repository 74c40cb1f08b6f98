// What others may keep in the repository beside notes: it survives every commit of ours byte for byte, is no note, and is named where it
// needs to be known.
import { existsSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { openHome, personsGit, writing } from "#tests/support/kb.ts";
import {
  bareRemote,
  colleague,
  commitRaw,
  openWith,
  pushBy,
  type RawEntry,
  rawTree,
  remoteTest as test,
  statusOf,
} from "#tests/support/kb-remote.ts";

const note = (title: string, body = "text") => `---\ntype: Note\ntitle: ${title}\n---\n\n${body}\n`;
const POINTER =
  "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

/** Each kind of thing that Winnow does not write itself. Names are bytes, one a character. */
const ODD: RawEntry[] = [
  { mode: "160000", name: "vendor/library", content: "1234567890123456789012345678901234567890" },
  { mode: "120000", name: "linked", content: "topics" },
  { mode: "120000", name: "topics/a/link.md", content: "../../../../etc/passwd" },
  { mode: "100644", name: "topics/a/caf\xe9.md", content: note("Café") },
  { mode: "100644", name: "topics/a/pointer.md", content: POINTER },
  { mode: "100644", name: "media/photo.png", content: POINTER },
  { mode: "100644", name: "topics/a/huge.md", content: note("Huge", "x".repeat(1024 * 1024)) },
  { mode: "100644", name: "topics/a/binary.md", content: Buffer.from([35, 32, 0, 255, 254, 10]) },
  { mode: "100644", name: "topics/a/latin.md", content: Buffer.from("# Caf\xe9\n", "latin1") },
  { mode: "100644", name: "topics/a/crlf.md", content: "# Windows\r\n\r\ntext\r\n" },
  { mode: "100644", name: "Topics/A/plain.md", content: note("Clash") },
  { mode: "100755", name: "build.sh", content: "#!/bin/sh\n" },
  { mode: "100644", name: ".gitattributes", content: "*.md text eol=crlf ident\n" },
];

const notePaths = async (ctx: Ctx, spaceId: string) =>
  (await ctx.db.prisma.note.findMany({ where: { spaceId } })).map((row) => row.path).toSorted();

/** The entries of a tree that are among the odd ones. */
const oddOf = (tree: readonly string[]) => {
  const names = new Set(ODD.map((entry) => entry.name));
  return tree.filter((line) => names.has(line.slice(line.indexOf("\t") + 1)));
};

/** A knowledge base with a note, whose remote then gets everything odd. */
async function withOdd(ctx: Ctx, make: Parameters<typeof openWith>[1]) {
  const { path } = await bareRemote();
  const opened = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await opened.kb.runOperation(ctx, writing("topics/a/plain.md", note("Plain")));
  await opened.kb.sync(ctx);
  commitRaw(path, ODD);
  return { ...opened, path };
}

const NOTES = ["Topics/A/plain.md", "topics/a/crlf.md", "topics/a/plain.md"];
const PROBLEMS = [
  { kind: "case-clash", path: "Topics and topics" },
  { kind: "lfs-pointer", path: "media/photo.png" },
  { kind: "lfs-pointer", path: "topics/a/pointer.md" },
  { kind: "not-utf8", path: "topics/a/caf\ufffd.md" },
  { kind: "submodule", path: "vendor/library" },
  { kind: "too-large", path: "topics/a/binary.md" },
  { kind: "too-large", path: "topics/a/huge.md" },
  { kind: "too-large", path: "topics/a/latin.md" },
];

test("whatever others bring survives our commits and merges byte for byte, and only notes are notes", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId, path } = await withOdd(ctx, make);
  const odd = oddOf(rawTree(path));
  expect(odd).toHaveLength(ODD.length);
  // Merged with something of ours, then with commits of every kind on top.
  await kb.runOperation(ctx, writing("topics/b/ours.md", note("Ours")));
  await kb.sync(ctx);
  expect(await notePaths(ctx, spaceId)).toEqual([...NOTES, "topics/b/ours.md"].toSorted());
  await kb.runOperation(ctx, writing("topics/a/new.md", note("New")));
  await kb.runOperation(ctx, writing("topics/a/plain.md", note("Plain, changed")));
  await kb.runOperation(ctx, writing("", "", { plan: async () => [{ path: "topics/a/new.md", delete: true }] }));
  await kb.runOperation(ctx, writing("vendor/beside.md", note("Beside a submodule")));
  await kb.sync(ctx);
  expect(oddOf(rawTree(kb.folder))).toEqual(odd);
  expect(rawTree(path)).toEqual(rawTree(kb.folder));
  expect(await personsGit(kb.folder, "fsck", "--strict", "--no-dangling")).toBe("");
  const status = await statusOf(ctx, spaceId);
  expect(status).toMatchObject({
    isPushed: true,
    syncFailure: null,
    pushFailure: null,
    openConflicts: 0,
    leftAlone: [],
  });
  expect(status.problems.toSorted(byPath)).toEqual(PROBLEMS.toSorted(byPath));
  expect(await kb.readFile("topics/a/index.md")).not.toContain("caf");
});
const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);

test("a person who works in the folder has all of it there, and takes none of it away with a commit of theirs", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId, path } = await withOdd(ctx, make);
  const odd = oddOf(rawTree(path));
  await kb.sync(ctx);
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain", "--ignore-submodules")).toBe("");
  expect(readFileSync(join(kb.folder, "linked/a/plain.md"), "utf8")).toContain("title: Plain");
  expect(readFileSync(Buffer.from(`${kb.folder}/topics/a/caf\xe9.md`, "latin1"), "utf8")).toContain("Café");
  writeFileSync(join(kb.folder, "by-hand.md"), note("By hand"));
  await personsGit(kb.folder, "add", "by-hand.md");
  await personsGit(kb.folder, "commit", "-qm", "By hand");
  await kb.sync(ctx);
  expect(oddOf(rawTree(path))).toEqual(odd);
  // What others take away again goes from the folder as well.
  const other = await colleague(path);
  for (const name of ["linked", "vendor/library"]) await personsGit(other, "rm", "-q", "--cached", name);
  await personsGit(other, "update-index", "--chmod=+x", "topics/a/crlf.md");
  await personsGit(other, "update-index", "--chmod=-x", "build.sh");
  await pushBy(other, "tidy.md", note("Tidy"));
  await kb.sync(ctx);
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain", "--ignore-submodules")).toBe("");
  expect(existsSync(join(kb.folder, "linked"))).toBe(false);
  expect((await statusOf(ctx, spaceId)).leftAlone).toEqual([]);
});

test("a link that a person takes away or changes in the folder is left alone, and stops nothing", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId, home, path } = await withOdd(ctx, make);
  // Made from the remote, so that git itself wrote the folder.
  await home.kbs.close();
  rmSync(kb.folder, { recursive: true });
  const again = await openHome(ctx, { ...home, env: { KB_GIT_REMOTE: path } }).kbs.open(spaceId);
  unlinkSync(join(again.folder, "linked"));
  unlinkSync(join(again.folder, "topics/a/link.md"));
  writeFileSync(join(again.folder, "topics/a/link.md"), note("Now a file"));
  await pushBy(await colleague(path), "theirs.md", note("Theirs"));
  await again.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    ...{ syncFailure: null, isPushed: true, leftAlone: ["linked", "topics/a/link.md"] },
  });
  expect(await notePaths(ctx, spaceId)).toContain("theirs.md");
});

test("nothing is written through a link, onto one, or into a submodule", async ({ ctx, make }) => {
  const { kb, path } = await withOdd(ctx, make);
  await kb.sync(ctx);
  const before = await personsGit(kb.folder, "rev-parse", "main");
  const cases: Array<[at: string, words: RegExp]> = [
    ["vendor/library/a.md", /submodule, so nothing is written below it.*Choose another folder/],
    ["vendor/library", /submodule/],
    ["linked/a/a.md", /is a link to another place, so nothing is written there/],
    ["topics/a/link.md", /is a link to another place/],
  ];
  for (const [at, words] of cases) {
    for (const change of [{ path: at, content: "x" }, { path: at, delete: true } as const]) {
      const writes = kb.runOperation(ctx, writing("", "", { plan: async () => [change] }));
      await expect(writes, at).rejects.toMatchObject({ code: "invalid_input", message: expect.stringMatching(words) });
    }
  }
  expect(await personsGit(kb.folder, "rev-parse", "main")).toBe(before);
  expect(existsSync(join(kb.folder, "topics/a/a.md"))).toBe(false);
  await kb.sync(ctx);
  expect(await personsGit(path, "rev-parse", "main")).toBe(before);
});

test("two names that differ in their letters' case alone are two notes here, and named for those whose disk has room for one", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("notes/a.md", note("Ours")));
  await kb.sync(ctx);
  await pushBy(await colleague(path), "Notes/A.md", note("Theirs"));
  await kb.sync(ctx);
  expect(await notePaths(ctx, spaceId)).toEqual(["Notes/A.md", "notes/a.md"]);
  expect((await statusOf(ctx, spaceId)).problems).toEqual(
    expect.arrayContaining([{ kind: "case-clash", path: "Notes and notes" }]),
  );
  await kb.runOperation(ctx, writing("notes/a.md", note("Ours, changed")));
  expect(await kb.readFile("Notes/A.md")).toBe(note("Theirs"));
  await kb.runOperation(ctx, writing("", "", { plan: async () => [{ path: "Notes/A.md", delete: true }] }));
  await kb.sync(ctx);
  expect((await statusOf(ctx, spaceId)).problems).toEqual([]);
  expect(await kb.readFile("notes/a.md")).toBe(note("Ours, changed"));
});
