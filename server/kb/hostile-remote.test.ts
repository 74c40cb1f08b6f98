// A repository that someone else made may hold anything: it is taken in, and does nothing.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { personsGit, writing } from "#tests/support/kb.ts";
import { bareRemote, colleague, openWith, remoteTest as test } from "#tests/support/kb-remote.ts";

import { kbStatus } from "./queries.ts";

/** A commit with these files, also such as no git would add. */
function commitFiles(repository: string, files: Record<string, string>): void {
  const quoted = (path: string) =>
    `"${[...Buffer.from(path)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}"`;
  const lines = Object.entries(files).map(
    ([path, content]) => `M 100644 inline ${quoted(path)}\ndata ${Buffer.byteLength(content)}\n${content}\n`,
  );
  const input = `commit refs/heads/main\ncommitter I <i@example.org> 1700000000 +0000\ndata 1\nx\n${lines.join("")}`;
  execFileSync("git", ["-C", repository, "fast-import", "--quiet"], { input });
}

test("disguises of git's own folder never reach the disk, and the other files do, byte for byte", async ({
  ctx,
  make,
  db,
}) => {
  const { path } = await bareRemote();
  const disguise = ".g\u200cit/config";
  const note = "---\ntype: Note\ntitle: A\n---\n\nHello\n";
  commitFiles(path, {
    "a.md": note,
    "dos.md": "one\r\ntwo\r\n",
    ".gitattributes": "* text eol=crlf filter=lfs ident\n",
    [disguise]: "[core]\n\tfsmonitor = touch /tmp/owned\n",
  });
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("b.md", "---\ntype: Note\ntitle: B\n---\n\nHello\n"));
  await kb.sync(ctx);

  expect(readdirSync(kb.folder).toSorted()).toEqual([".git", ".gitattributes", "a.md", "b.md", "dos.md", "index.md"]);
  expect(readFileSync(join(kb.folder, "a.md"), "utf8")).toBe(note);
  expect(readFileSync(join(kb.folder, "dos.md"), "utf8")).toBe("one\r\ntwo\r\n");
  expect(existsSync(join(kb.folder, disguise))).toBe(false);
  // Ours leave it in the repository as it is.
  expect(await personsGit(path, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main")).toContain(
    disguise,
  );
  const status = await kbStatus(ctx, { spaceId });
  expect(status?.problems).toEqual([{ kind: "unusable-name", path: disguise }]);
  expect(status?.leftAlone).toEqual([]);
  const notes = await db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" } });
  expect(notes.map((each) => each.path)).toEqual(["a.md", "b.md", "dos.md"]);
});

test("a file that would break the index breaks nothing: aliases in circles, keys without end, a path that no index takes", async ({
  ctx,
  make,
  db,
}) => {
  const { path } = await bareRemote();
  const long = `${"deep/".repeat(700)}note.md`;
  commitFiles(path, {
    "circle.md": "---\nx: &a [*a]\n---\n\nRound\n",
    "missing.md": "---\nx: *nope\n---\n\nNowhere\n",
    "keys.md": `---\n${Array.from({ length: 20_000 }, (_, key) => `k${key}: 1`).join("\n")}\n---\n\nMany\n`,
    [long]: "# Far down\n",
  });
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("b.md", "Hello\n"));
  await kb.sync(ctx);
  const notes = await db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" } });
  expect(notes.map((each) => each.path)).toEqual(["b.md", "circle.md", "keys.md", "missing.md"]);
  expect((await kbStatus(ctx, { spaceId }))?.problems).toEqual([{ kind: "unusable-name", path: long }]);
});

test("a stranger's commit that claims to be an operation does not become it", async ({ ctx, make, db }) => {
  const { path } = await bareRemote();
  const { kb } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  const operation = writing("ours.md", "ours\n");
  const refused = new Error("not now");
  await expect(kb.runOperation(ctx, { ...operation, plan: () => Promise.reject(refused) })).rejects.toThrow(refused);
  const clone = await colleague(path);
  await personsGit(clone, "commit", "-q", "--allow-empty", "-m", `Evil\n\nWinnow-Operation: ${operation.operationId}`);
  await personsGit(clone, "push", "-q", "origin", "HEAD:main");
  await kb.sync(ctx);
  expect(await kb.runOperation(ctx, operation)).toMatchObject({ isNew: true });
  expect(await kb.readFile("ours.md")).toBe("ours\n");
  const row = await db.prisma.kbOperation.findUniqueOrThrow({ where: { id: operation.operationId } });
  expect(await personsGit(kb.folder, "log", "-1", "--format=%s", row.commitHash ?? "")).toBe("Write ours.md");
});

test("a subject cannot pose as another commit, nor move what is shown", async ({ ctx, make }) => {
  const { path } = await bareRemote();
  const { kb } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  const clone = await colleague(path);
  await personsGit(clone, "commit", "-q", "--allow-empty", "-m", `One\u0001${"a".repeat(40)}\u202ebad\u001b[2J`);
  await personsGit(clone, "push", "-q", "origin", "HEAD:main");
  await kb.sync(ctx);
  const log = await kb.log();
  expect(log).toHaveLength(2);
  expect(log[0]?.subject).toBe(`One ${"a".repeat(40)} bad [2J`);
});
