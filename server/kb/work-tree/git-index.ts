import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { CheckoutState } from "./checkout.ts";
import { git, GitError, gitText } from "../git/git.ts";
import type { Repository } from "../git/repository.ts";
import { ageOf } from "../git/stale-locks.ts";
import type { Difference } from "../git/trees.ts";
import { wasCommitted } from "../git/versions.ts";

// Nothing of Winnow reads git's index. It is kept so that a person who opens the folder and types `git status` sees
// their own changes, and not ours as if they had been undone.

const NOTHING = "0".repeat(40);
const INDEX_LOCK_STALE_AFTER_MS = 10 * 60_000;
const MAX_PATHSPECS = 200;
/** As many in one of the 256 folders of objects: git's own rule of thumb, a little higher. */
const MANY_LOOSE_OBJECTS = 40;
const REPACK_TIMEOUT_MS = 10 * 60_000;

/**
 * Brings git's index to the commit that the files are at. What a person staged stays staged.
 * @returns the state as it was where a person's git is at work on the index; ask again a little later
 */
export async function bringIndex(repository: Repository, state: CheckoutState): Promise<CheckoutState> {
  if (state.index === state.files || !state.files) return state;
  const { folder, gitDir, trees } = repository;
  const lockAgeMs = await ageOf(join(gitDir, "index.lock"));
  // Someone is at work there, or was when their machine stopped.
  if (lockAgeMs !== null && lockAgeMs < INDEX_LOCK_STALE_AFTER_MS) return state;
  if (lockAgeMs !== null) await rm(join(gitDir, "index.lock"), { force: true });

  const base = state.index ? await repository.commit(state.index) : null;
  const target = await repository.commit(state.files);
  const differences = await trees.diff(base?.tree ?? null, target?.tree ?? null);
  const staged = await stagedFiles(folder, differences);
  const isOurs = await Promise.all(
    differences.map(async ({ path, before }) => {
      const oid = staged.get(path) ?? null;
      return oid === before || wasCommitted(repository, { base, tip: target }, { path, oid });
    }),
  );
  const ours = differences.filter((_, at) => isOurs[at]);
  const input = ours.map(({ path, after, mode }) => `${after ? mode : 0} ${after ?? NOTHING}\t${path}\0`).join("");
  try {
    if (input !== "") await git(folder, ["update-index", "-z", "--index-info"], { input });
    return { ...state, index: state.files };
  } catch (error) {
    if (error instanceof GitError && error.stderr.includes("index.lock")) return state;
    throw error;
  }
}

/** Packs the single objects once there are many, so that the repository stays small and quick. */
export async function packLooseObjects({ gitDir }: Repository): Promise<void> {
  const names = await readdir(join(gitDir, "objects", "17")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (names.length < MANY_LOOSE_OBJECTS) return;
  await git(gitDir, ["repack", "-d", "-l", "-q", "--geometric=2"], { timeoutMs: REPACK_TIMEOUT_MS });
}

async function stagedFiles(folder: string, differences: readonly Difference[]): Promise<Map<string, string>> {
  const paths = differences.length > MAX_PATHSPECS ? [] : differences.map((difference) => difference.path);
  const listed = await gitText(folder, ["ls-files", "-s", "-z", "--", ...paths]);
  return new Map(
    listed
      .split("\0")
      .filter(Boolean)
      .map((line) => {
        // `<mode> <oid> <stage>\t<path>`
        const tab = line.indexOf("\t");
        return [line.slice(tab + 1), line.slice(0, tab).split(" ")[1] ?? ""];
      }),
  );
}
