// A repository that someone else made may hold anything: it is taken in, and does nothing.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { personsGit, writing } from "#tests/support/kb.ts";
import { bareRemote, openWith, remoteTest as test } from "#tests/support/kb-remote.ts";

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
