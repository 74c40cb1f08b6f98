import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { git } from "./git.ts";

/** Exit codes of `git merge-file`: up to 127 are the number of conflicts. */
const MOST_CONFLICTS = 127;

/** A version of a file; null where there is none. */
export type Version = string | null;

/**
 * Makes one version of two that come from the same base: what only one side changed is taken from it.
 * Done by git in a process of its own, so that no text, however odd, can stop this one.
 * @returns the merged version, or `conflict` where both sides changed the same place
 */
export async function mergeVersions(
  base: Version,
  ours: Version,
  theirs: Version,
): Promise<{ merged: Version } | "conflict"> {
  if (ours === theirs || base === ours) return { merged: theirs };
  if (base === theirs) return { merged: ours };
  if (base === null || ours === null || theirs === null) return "conflict";
  if ([base, ours, theirs].some((text) => text.includes("\0"))) return "conflict";
  const folder = await mkdtemp(join(tmpdir(), "winnow-merge-"));
  try {
    await Promise.all(
      Object.entries({ base, ours, theirs }).map(([name, text]) => writeFile(join(folder, name), text)),
    );
    const { code, stdout } = await git(folder, ["merge-file", "-p", "-q", "ours", "base", "theirs"], {
      okCodes: Array.from({ length: MOST_CONFLICTS + 1 }, (_, conflicts) => conflicts),
    });
    return code === 0 ? { merged: stdout.toString() } : "conflict";
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
