import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { CheckoutState } from "./checkout.ts";
import { git, GitError, gitText } from "../git/git.ts";
import type { Repository } from "../git/repository.ts";
import { ageOf, isGitAtWork } from "../git/stale-locks.ts";
import { bytesOf, type Difference, type Entry, type OtherDifference } from "../git/trees.ts";
import { wasCommitted } from "../git/versions.ts";

// Nothing of Winnow reads git's index. It is kept so that a person who opens the folder and types `git status` sees
// their own changes, and not ours as if they had been undone.

const NOTHING = "0".repeat(40);
/** Where nobody can say whether its owner lives, a lock is believed for as long as a person may be at it. */
const INDEX_LOCK_BELIEVED_MS = 10 * 60_000;
/** Longer than it takes from the making of a lock to the first look at its owner. */
const INDEX_LOCK_YOUNG_MS = 2_000;
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
  const { folder, trees } = repository;
  if (await isIndexLocked(repository)) return state;

  const base = state.index ? await repository.commit(state.index) : null;
  const target = await repository.commit(state.files);
  const roots = [base?.tree ?? null, target?.tree ?? null] as const;
  const [differences, others] = await Promise.all([trees.diff(...roots), trees.others(...roots)]);
  const [staged, stagedBytes] = await Promise.all([stagedFiles(folder, differences), stagedOthers(folder, others)]);
  const wasOther = new Map(others.map(({ path, before }) => [path, before?.oid]));
  const isOurs = await Promise.all(
    differences.map(async ({ path, before }) => {
      const oid = staged.get(path) ?? null;
      return (
        oid === (before ?? wasOther.get(bytesOf(path)) ?? null) ||
        wasCommitted(repository, { base, tip: target }, { path, oid })
      );
    }),
  );
  const ours = differences.filter((_, at) => isOurs[at]);
  const taken = new Set(ours.map(({ path }) => bytesOf(path)));
  const input = Buffer.concat([
    ...ours.map(({ path, after, mode }) => Buffer.from(indexLine(path, after === null ? null : { mode, oid: after }))),
    ...others
      .filter(({ path, before }) => taken.has(path) || stagedBytes.get(path) === before?.oid)
      .map(({ path, after }) => Buffer.from(indexLine(path, after), "latin1")),
  ]);
  try {
    if (input.length > 0) await git(folder, ["update-index", "-z", "--index-info"], { input });
    return { ...state, index: state.files };
  } catch (error) {
    if (error instanceof GitError && error.stderr.includes("index.lock")) return state;
    throw error;
  }
}

/** Whether a person's git is at work on the index. A lock whose owner is gone is removed. */
async function isIndexLocked({ folder, gitDir }: Repository): Promise<boolean> {
  const path = join(gitDir, "index.lock");
  const ageMs = await ageOf(path);
  if (ageMs === null) return false;
  if (ageMs < INDEX_LOCK_YOUNG_MS) return true;
  const isAtWork = (await isGitAtWork(folder)) ?? ageMs < INDEX_LOCK_BELIEVED_MS;
  if (!isAtWork) await rm(path, { force: true });
  return isAtWork;
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

const indexLine = (path: string, entry: Pick<Entry, "mode" | "oid"> | null) =>
  `${entry?.mode ?? 0} ${entry?.oid ?? NOTHING}\t${path}\0`;

/** What the index has of the places that are no files with a readable name: those are rare, so the whole index is read for them. */
async function stagedOthers(folder: string, others: readonly OtherDifference[]): Promise<Map<string, string>> {
  if (others.length === 0) return new Map();
  const { stdout } = await git(folder, ["ls-files", "-s", "-z"]);
  return parseStaged(stdout.toString("latin1"));
}

async function stagedFiles(folder: string, differences: readonly Difference[]): Promise<Map<string, string>> {
  const paths = differences.length > MAX_PATHSPECS ? [] : differences.map((difference) => difference.path);
  return parseStaged(await gitText(folder, ["ls-files", "-s", "-z", "--", ...paths]));
}

/** The object ids in the index by path. */
function parseStaged(listed: string): Map<string, string> {
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
