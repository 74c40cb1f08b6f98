import { open } from "node:fs/promises";
import { dirname, join } from "node:path";

import { commitContent, OPERATION_TRAILER } from "./commit-text.ts";
import { git, GitError, gitText } from "./git.ts";
import type { KbCommit, KbTree } from "../kb.ts";
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
  /** The files of a commit. */
  files: (commit: Commit | null) => KbTree;
  /** Writes a commit, on the disk when this resolves, that no branch points to yet. @returns its hash */
  write: (commit: Parameters<typeof commitContent>[0], objects: readonly NewObject[]) => Promise<string>;
  /** Moves the branch from one commit to another, on the disk when this resolves. @returns false where it was elsewhere meanwhile */
  advance: (to: string, from: string | null) => Promise<boolean>;
  /** The commit that an operation made, looked for from the tip down to `since`. */
  findOperation: (operationId: string, since: string | null) => Promise<Commit | null>;
  log: (path?: string) => Promise<KbCommit[]>;
  close: () => void;
};

const LOG_LENGTH = 50;
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

  return {
    folder,
    gitDir,
    branch,
    trees,
    commit,
    tip: () => commit(ref),
    files: (at) => ({
      head: at?.hash ?? null,
      read: async (path) => {
        const oid = at && (await trees.find(at.tree, path));
        return oid ? (await trees.blob(oid)).toString() : null;
      },
      list: async (prefix) => (at ? trees.list(at.tree, prefix) : []),
    }),
    write: async (parts, objects) => {
      const made = newObject("commit", commitContent(parts));
      await writeObjects(gitDir, [...objects, made]);
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
    log: async (path) => {
      const format = "--format=%H%x00%s%x00%an%x00%ct";
      const paths = path === undefined ? [] : [path];
      const { stdout } = await git(gitDir, ["log", "-z", `-n${LOG_LENGTH}`, format, ref, "--", ...paths]);
      const fields = stdout.toString().split("\0");
      return Array.from({ length: Math.floor(fields.length / 4) }, (_, i) => ({
        hash: fields[i * 4] ?? "",
        subject: fields[i * 4 + 1] ?? "",
        author: fields[i * 4 + 2] ?? "",
        committedAt: new Date(Number(fields[i * 4 + 3]) * 1000),
      }));
    },
    close: () => {
      reader.close();
      updater.close();
    },
  };
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
