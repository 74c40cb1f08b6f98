import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { commitContent, OPERATION_TRAILER } from "./commit-text.ts";
import { git, GitError, gitText } from "./git.ts";
import { type History, openHistory } from "./history.ts";
import type { KbTree } from "../kb.ts";
import { type NewObject, newObject, openReader, writeObjects } from "./objects.ts";
import { openSession } from "./session.ts";
import { clearStaleLock } from "./stale-locks.ts";
import { openTrees, type Trees } from "./trees.ts";

export type Commit = { hash: string; tree: string; parents: string[]; committedAt: Date };

/** The repository of a knowledge base on this machine. It knows commits and trees, not operations and locks. */
export type Repository = {
  folder: string;
  gitDir: string;
  branch: string;
  trees: Trees;
  /** The newest commit of the branch, or null before the first. */
  tip: () => Promise<Commit | null>;
  /** A commit by its hash, or null where it is not here. */
  commit: (hash: string) => Promise<Commit | null>;
  /** The files of a commit, and of a tree that no commit has yet. */
  files: (commit: Commit | null) => KbTree;
  filesOf: (tree: string) => KbTree;
  /** Writes objects, on the disk when this resolves. */
  writeObjects: (objects: readonly NewObject[]) => Promise<void>;
  /** Writes a commit, on the disk when this resolves, that no branch points to yet. @returns its hash */
  write: (commit: Parameters<typeof commitContent>[0], objects: readonly NewObject[]) => Promise<string>;
  /** Moves the branch from one commit to another, on the disk when this resolves. @returns false where it was elsewhere meanwhile */
  advance: (to: string, from: string | null) => Promise<boolean>;
  /** The commit that an operation made, looked for from the tip down to `since`. */
  findOperation: (operationId: string, since: string | null) => Promise<Commit | null>;
  /** Whether the branch has a commit. */
  contains: (hash: string) => Promise<boolean>;
  /** The commit that two histories have in common, or null. */
  commonBase: (one: string, other: string) => Promise<string | null>;
  /** How many commits one history has that another does not, or has in all. */
  countCommits: (of: string, without?: string) => Promise<number>;
  history: History;
  close: () => void;
};

const NO_COMMIT = "0".repeat(40);
/** How often a lock that a dead git left behind is cleared before giving up. */
const LOCK_TRIES = 3;

/** @param folder the work tree; its `.git` holds the repository */
export function openRepository(folder: string, branch: string): Repository {
  const gitDir = join(folder, ".git");
  const ref = `refs/heads/${branch}`;
  const reader = openReader(gitDir);
  const trees = openTrees(reader);
  const updater = openSession(gitDir, ["update-ref", "--stdin"]);

  const commit = async (name: string): Promise<Commit | null> => {
    const found = await reader.read(name);
    return found?.type === "commit" ? parseCommit(found.oid, found.content.toString()) : null;
  };

  const moveRef = async (to: string, from: string | null, tries: number): Promise<boolean> => {
    try {
      return await updater.ask(`start\nupdate ${ref} ${to} ${from ?? NO_COMMIT}\nprepare\ncommit\n`, takeCommitted);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (/but expected|reference already exists|unable to resolve reference/.test(error.stderr)) return false;
      const lockPath = /Unable to create '([^']+\.lock)': File exists/.exec(error.stderr)?.[1];
      if (!lockPath || tries <= 1) throw error;
      await clearStaleLock(lockPath);
      return moveRef(to, from, tries - 1);
    }
  };

  const write = async (objects: readonly NewObject[]) => {
    await writeObjects(gitDir, objects);
    reader.remember(objects);
  };

  const searchOperation = async (operationId: string, range: string): Promise<string | null> => {
    const format = `%H%x00%(trailers:key=${OPERATION_TRAILER},valueonly,separator=%x2C)`;
    const wanted = `--grep=${OPERATION_TRAILER}: ${operationId}`;
    const out = await gitText(gitDir, ["log", "-z", "-F", wanted, `--format=${format}`, range, "--"]);
    const fields = out.split("\0");
    for (let i = 0; i + 1 < fields.length; i += 2) {
      if (fields[i + 1]?.split(",").includes(operationId)) return fields[i] ?? null;
    }
    return null;
  };

  const filesOf = (head: string | null, tree: string | null): KbTree => ({
    head,
    read: async (path) => {
      const oid = tree && (await trees.find(tree, path));
      return oid ? (await trees.blob(oid)).toString() : null;
    },
    list: async (folder) => (tree ? trees.list(tree, folder) : []),
    names: async (folder) => (tree ? trees.names(tree, folder) : []),
  });

  return {
    folder,
    gitDir,
    branch,
    trees,
    commit,
    tip: async () => commit((await readLooseRef(join(gitDir, ref))) ?? ref),
    files: (at) => filesOf(at?.hash ?? null, at?.tree ?? null),
    filesOf: (tree) => filesOf(null, tree),
    writeObjects: write,
    write: async (parts, objects) => {
      const made = newObject("commit", commitContent(parts));
      await write([...objects, made]);
      return made.oid;
    },
    advance: async (to, from) => {
      const isMoved = await moveRef(to, from, LOCK_TRIES);
      if (isMoved) await syncFolder(dirname(join(gitDir, ref)));
      return isMoved;
    },
    findOperation: async (operationId, since) => {
      const isSinceKnown = since !== null && (await commit(since)) !== null;
      const hash = await searchOperation(operationId, isSinceKnown ? `${since}..${ref}` : ref);
      return hash ? commit(hash) : null;
    },
    contains: async (hash) => {
      if (!(await commit(hash))) return false;
      const { code } = await git(gitDir, ["merge-base", "--is-ancestor", hash, ref], { okCodes: [0, 1] });
      return code === 0;
    },
    commonBase: async (one, other) => (await gitText(gitDir, ["merge-base", one, other], { okCodes: [0, 1] })) || null,
    countCommits: async (of, without) =>
      Number(await gitText(gitDir, ["rev-list", "--count", of, ...(without === undefined ? [] : [`^${without}`])])),
    history: openHistory(gitDir, ref),
    close: () => {
      reader.close();
      updater.close();
    },
  };
}

/** The commit that a branch points to, where it has a file of its own; git may also have it in a list of all. */
async function readLooseRef(path: string): Promise<string | null> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return /^[0-9a-f]{40}(?=\n)/.exec(text)?.[0] ?? null;
}

function parseCommit(hash: string, content: string): Commit {
  const head = content.slice(0, content.indexOf("\n\n"));
  const seconds = /^committer .* (\d+) [+-]\d{4}$/m.exec(head)?.[1];
  return {
    hash,
    tree: /^tree ([0-9a-f]{40})$/m.exec(head)?.[1] ?? "",
    parents: [...head.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] ?? ""),
    committedAt: new Date(Number(seconds) * 1000),
  };
}

/** A renamed file survives a power cut when its folder is on the disk too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function takeCommitted(output: Buffer): { answer: true; bytes: number } | null {
  const end = output.indexOf("commit: ok\n");
  return end < 0 ? null : { answer: true, bytes: end + "commit: ok\n".length };
}
