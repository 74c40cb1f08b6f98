import { lstat, readFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";

import type { Author } from "../kb.ts";
import { git, gitText } from "../git/git.ts";
import type { Repository } from "../git/repository.ts";
import { staysInside } from "../paths.ts";
import type { CheckoutState } from "./checkout.ts";

/** A file that someone changed in the folder, with the commit that their version started from. Null: they took it away. */
export type HandEdit = { path: string; content: Buffer | null; base: string | null; author: Author };

export type HandEdits = {
  /** Why the folder is left as it is altogether, with what to do; null when it is not. */
  why: string | null;
  edits: HandEdit[];
  /** Changed files that are not taken yet, or never: someone is still at them, has staged them, or they are no plain files. */
  waiting: string[];
};

/** An editor writes a file in several steps; whoever touched it this recently may not be done. */
const SETTLED_AFTER_MS = 2_000;
const MAX_FILE_BYTES = 50 * 1024 * 1024;

/** What git sees as changed in the folder and nobody staged. To be called with git's index at the commit that the files are at. */
export async function findHandEdits(repository: Repository, state: CheckoutState): Promise<HandEdits> {
  const { folder, trees } = repository;
  // Until git's index is at the same commit, what we wrote ourselves would look like someone's edit.
  if (state.index !== state.files) return { why: null, edits: [], waiting: state.leftAlone.map((each) => each.path) };
  const args = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all"];
  const [{ stdout }, staged] = await Promise.all([git(folder, args), stagedSince(folder, state.files)]);
  const bases = new Map(state.leftAlone.map((each) => [each.path, each.base]));
  const named = await configuredAuthor(folder);
  const committed = state.files ? await repository.commit(state.files) : null;
  const edits: HandEdit[] = [];
  const waiting: string[] = [];
  for (const line of stdout.toString().split("\0").filter(Boolean)) {
    const path = line.slice(3);
    const isStaged = staged.has(path);
    // Nothing but a difference between git's index and a commit that was made since the files were brought.
    if (line[1] === " " && !isStaged) continue;
    // Editors and programs keep files of their own beside the notes.
    if (path.split("/").some((name) => name.startsWith(".")) || path.endsWith("~")) continue;
    // A link or a submodule that someone took away or replaced is for them to commit.
    const isOther = line[1] !== "?" && committed !== null && (await trees.find(committed.tree, path)) === null;
    const isTheirs = isStaged || isOther || !staysInside(path);
    const found = isTheirs ? "waiting" : await readSettled(join(folder, path), line[1] === "D");
    if (found === "waiting") waiting.push(path);
    else
      edits.push({
        path,
        content: found.content,
        base: bases.get(path) ?? state.files,
        author: named ?? (await ownerOf(found.uid)),
      });
  }
  return { why: null, edits, waiting };
}

/** What someone staged. git's own status compares with the newest commit, and the branch may have moved on meanwhile. */
async function stagedSince(folder: string, commit: string | null): Promise<Set<string>> {
  if (commit === null) return new Set();
  const out = await gitText(folder, ["diff-index", "--cached", "--name-only", "--no-renames", "-z", commit, "--"]);
  return new Set(out.split("\0").filter(Boolean));
}

/** @param isGone whether git misses the file: a folder in its place is then no reason to wait */
async function readSettled(
  path: string,
  isGone: boolean,
): Promise<{ content: Buffer | null; uid: number | null } | "waiting"> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
  // An editor may take a file away for the moment in which it writes the new one.
  if (!found) return (await isSettledFolder(dirname(path))) ? { content: null, uid: null } : "waiting";
  if (isGone && found.isDirectory()) return { content: null, uid: null };
  if (!found.isFile() || found.size > MAX_FILE_BYTES || Date.now() - found.mtimeMs < SETTLED_AFTER_MS) return "waiting";
  return { content: await readFile(path), uid: found.uid };
}

/**
 * Whether nothing came to, or went from, a folder just now. One that is gone itself is as settled as the one above it, and one in whose
 * place a file stands is gone for good.
 */
async function isSettledFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
  if (!found) return isSettledFolder(dirname(path));
  return !found.isDirectory() || Date.now() - found.mtimeMs >= SETTLED_AFTER_MS;
}

/** Who the folder's own git config says its people are. */
async function configuredAuthor(folder: string): Promise<Author | null> {
  const { stdout } = await git(folder, ["config", "--local", "--get-regexp", "^user\\.(name|email)$"], {
    okCodes: [0, 1],
  });
  const values = new Map(
    stdout
      .toString()
      .split("\n")
      .map((line) => line.split(/ (.*)/) as [string, string]),
  );
  const [name, email] = [values.get("user.name"), values.get("user.email")];
  return name ? { name, email: email ?? `${name}@${hostname()}` } : null;
}

/** The name of a file's owner on this machine; for a file that is gone, of whoever runs Winnow. */
async function ownerOf(uid: number | null): Promise<Author> {
  const self = userInfo();
  const names = uid === null || uid === self.uid ? null : await readFile("/etc/passwd", "utf8").catch(() => null);
  const line = names?.split("\n").find((each) => each.split(":")[2] === String(uid));
  const name = line?.split(":")[0] ?? (uid === null || uid === self.uid ? self.username : `user ${uid}`);
  return { name, email: `${name.replace(/\s/g, "-")}@${hostname()}` };
}
