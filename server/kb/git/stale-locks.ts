import { rm, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** Longer than any living git holds the lock of a ref. */
const STALE_AFTER_MS = 2_000;
const LOOK_AGAIN_MS = 100;

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

/** How long ago a file was written, in milliseconds, or null where there is none. */
export async function ageOf(path: string): Promise<number | null> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
