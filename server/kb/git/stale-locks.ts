import { readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { GitError } from "./git.ts";

/** Longer than any living git holds the lock of a ref. */
const STALE_AFTER_MS = 2_000;
const LOOK_AGAIN_MS = 100;
const REF_TRIES = 3;

/**
 * Removes a `*.lock` file that a killed git left in the repository; waits first until no living one can be holding it.
 * To be called under the lock of the knowledge base, so that it is never one of ours.
 */
export async function clearStaleLock(path: string, staleAfterMs = STALE_AFTER_MS): Promise<void> {
  // By our own clock at the latest: that of the file system may be another.
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const ageMs = await ageOf(path);
    if (ageMs === null) return;
    if (ageMs >= staleAfterMs || waitedMs >= staleAfterMs) return rm(path, { force: true });
    await pause(LOOK_AGAIN_MS);
  }
}

/**
 * Does something that the lock of a ref may stand in the way of, or another process that moved the ref at the same moment. A lock that
 * a dead git left is cleared; either way it is done again.
 */
export async function pastStaleLock<T>(work: () => Promise<T>, tries = REF_TRIES): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitError) || tries <= 1) throw error;
    const path = /Unable to create '([^']+\/refs\/[^']+\.lock)'/.exec(error.stderr)?.[1];
    if (path) await clearStaleLock(path);
    else if (!/cannot lock ref '[^']+': (?:is at \w+ but expected|reference already exists)/.test(error.stderr))
      throw error;
    return pastStaleLock(work, tries - 1);
  }
}

/** How long ago a file was written, in milliseconds, or null where there is none. */
export async function ageOf(path: string): Promise<number | null> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** What never holds the lock of the index: among them are the sessions that we keep open ourselves. */
const ONLY_READERS = new Set([
  "cat-file",
  "update-ref",
  "log",
  "blame",
  "ls-tree",
  "ls-files",
  "merge-tree",
  "fetch",
  "push",
]);

/**
 * Whether a git process that may hold the lock of the index is at work in a folder right now. Where the system does not show its processes (no /proc), nobody can say: null.
 */
export async function isGitAtWork(folder: string): Promise<boolean | null> {
  const pids = await readdir("/proc").catch(() => null);
  if (!pids) return null;
  const found = await Promise.all(pids.filter((pid) => /^\d+$/.test(pid)).map((pid) => isGitIn(pid, folder)));
  return found.includes(true);
}

async function isGitIn(pid: string, folder: string): Promise<boolean> {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8");
    const [program = "", verb = ""] = command.split("\0");
    if (!program.split("/").at(-1)?.startsWith("git") || ONLY_READERS.has(verb)) return false;
    const place = await readlink(`/proc/${pid}/cwd`);
    return place === folder || place.startsWith(`${folder}/`) || command.includes(folder);
  } catch {
    // It ended in between, or belongs to someone whose processes we may not see: then it is not ours to call dead or alive.
    return false;
  }
}
