import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import pLimit from "p-limit";

import { AppError } from "#server/lib/errors.ts";

import { newObject } from "../git/objects.ts";
import { checkNoLink, staysInside } from "../paths.ts";
import type { Commit, Repository } from "../git/repository.ts";
import { ageOf } from "../git/stale-locks.ts";
import type { Difference } from "../git/trees.ts";
import { wasCommitted } from "../git/versions.ts";
import { clearOthers, placeOthers } from "./other-entries.ts";

/** What the work tree was last brought to. Kept beside the repository, so that the next process goes on from there. */
export type CheckoutState = {
  /** The commit whose files are in the work tree. */
  files: string | null;
  /** The commit that git's index knows; it follows a little later. */
  index: string | null;
  /** Files that people changed in the work tree and that are left as they are, each with the commit that their version started from. */
  leftAlone: LeftAlone[];
  /** Null unless something was committed while a person's git was in the middle of something. */
  meanwhile: Meanwhile | null;
};

export type LeftAlone = { path: string; base: string | null };

/** What was committed while the folder was left as it is. A person's git may not know of it: it puts the branch back, or commits without it. */
export type Meanwhile = {
  /** What git's index was at, where what is half done ends in a commit of that index on top of ours. */
  from: string | null;
  /** The newest commit then. */
  upTo: string;
};

const EXECUTABLE = "100755";
const FILES_AT_A_TIME = 16;
const STATE_FILE = "winnow-checkout.json";
const TEMPORARY_FOLDER = "winnow-tmp";
const NOTHING_KNOWN: CheckoutState = { files: null, index: null, leftAlone: [], meanwhile: null };

/** What git leaves in its folder while something is half done, and how it is ended. */
const HALF_DONE: Record<string, string> = {
  "rebase-merge": "rebase",
  "rebase-apply/applying": "am",
  "rebase-apply": "rebase",
  MERGE_HEAD: "merge",
  CHERRY_PICK_HEAD: "cherry-pick",
  REVERT_HEAD: "revert",
};

/** Why the work tree is left as it is altogether, with what to do, or null. */
export async function whyNotOurs(repository: Repository): Promise<string | null> {
  const { folder, gitDir, branch } = repository;
  const kept = "Notes go on being committed, but the files in the folder do not follow until then.";
  for (const [sign, command] of Object.entries(HALF_DONE)) {
    if ((await ageOf(join(gitDir, sign))) === null) continue;
    return `Someone left a ${command} half done in ${folder}. ${kept} Finish it there with \`git ${command} --continue\`, or drop it with \`git ${command} --abort\`: what was written meanwhile is kept either way.`;
  }
  const head = await headOf(repository);
  if (head === `ref: refs/heads/${branch}`) return null;
  const where = head.startsWith("ref: refs/heads/")
    ? `is on the branch ${head.slice("ref: refs/heads/".length)}`
    : "is on no branch (a detached HEAD)";
  return `The folder ${folder} ${where}, not on ${branch}. ${kept} Go back there with \`git switch ${branch}\`.`;
}

const headOf = async ({ gitDir }: Repository) => (await readFile(join(gitDir, "HEAD"), "utf8")).trim();

/** Remembers what was committed while the folder is left as it is. */
export async function keepMeanwhile(repository: Repository, state: CheckoutState): Promise<CheckoutState> {
  const tip = await repository.tip();
  if (!tip || tip.hash === state.files || tip.hash === state.meanwhile?.upTo) return state;
  // What was put back already waits to be taken in again.
  if (state.meanwhile && !(await repository.contains(state.meanwhile.upTo))) return state;
  const isOnBranch = (await headOf(repository)) === `ref: refs/heads/${repository.branch}`;
  const from = state.meanwhile ? state.meanwhile.from : isOnBranch ? state.index : null;
  return { ...state, meanwhile: { from, upTo: tip.hash } };
}

/**
 * Brings the files of the work tree from the commit they were last brought to, to the newest one. A file that is not
 * as that commit had it was changed by a person: it is left alone, and named.
 */
export async function bringFiles(repository: Repository, state: CheckoutState): Promise<CheckoutState> {
  const tip = await repository.tip();
  const base = state.files ? await repository.commit(state.files) : null;
  const trees = [base?.tree ?? null, tip?.tree ?? null] as const;
  const [differences, others] = await Promise.all([repository.trees.diff(...trees), repository.trees.others(...trees)]);
  const atATime = pLimit(FILES_AT_A_TIME);
  const known = new Map(state.leftAlone.map((each) => [each.path, each]));
  const bringAll = (some: readonly Difference[]) =>
    Promise.all(
      some.map((difference) =>
        atATime(async () => {
          if (await bringFile(repository, difference, { base, tip })) return null;
          return known.get(difference.path) ?? { path: difference.path, base: state.files };
        }),
      ),
    );
  // What goes makes room first: a file may take the place of a folder, or the other way round.
  await clearOthers(repository, others);
  const gone = await bringAll(differences.filter(({ after }) => after === null));
  const brought = await bringAll(differences.filter(({ after }) => after !== null));
  await placeOthers(repository, others);
  const changed = new Set(differences.map((difference) => difference.path));
  const stillChanged = await Promise.all(
    state.leftAlone.map(async (each) => {
      if (changed.has(each.path)) return null;
      const wanted = tip && (await repository.trees.find(tip.tree, each.path));
      return isAt(await contentId(repository.folder, each.path), wanted) ? null : each;
    }),
  );
  const leftAlone = [...gone, ...brought, ...stillChanged].filter((each) => each !== null);
  return {
    ...state,
    files: tip?.hash ?? null,
    leftAlone: leftAlone.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

export async function readState(repository: Repository): Promise<CheckoutState> {
  try {
    const text = await readFile(join(repository.gitDir, STATE_FILE), "utf8");
    return { ...NOTHING_KNOWN, ...JSON.parse(text) };
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    // An unreadable file is like none: every file is looked at then, and none is overwritten.
    if (isMissing || error instanceof SyntaxError) return NOTHING_KNOWN;
    throw error;
  }
}

export async function writeState(repository: Repository, state: CheckoutState): Promise<void> {
  await replaceFile(repository, join(repository.gitDir, STATE_FILE), `${JSON.stringify(state)}\n`);
}

/** Files that a process was writing when it was killed. To be called by the only one at work. */
export async function clearTemporaryFiles(repository: Repository): Promise<void> {
  await rm(join(repository.gitDir, TEMPORARY_FOLDER), { recursive: true, force: true });
}

/** @returns false where the file was changed by a person and is left alone */
async function bringFile(
  repository: Repository,
  { path, before, after, mode }: Difference,
  range: { base: Commit | null; tip: Commit | null },
): Promise<boolean> {
  const { folder } = repository;
  if (!staysInside(path)) return false;
  const onDisk = await contentId(folder, path);
  const isProgram = mode === EXECUTABLE;
  if (isAt(onDisk, after)) {
    if (after !== null) await makeProgram(join(folder, path), isProgram);
    return true;
  }
  if (onDisk !== before && !(await wasCommitted(repository, range, { path, oid: onDisk }))) return false;
  if (after === null) {
    await rm(join(folder, path), { force: true });
    await removeEmptyFolders(folder, dirname(path));
    return true;
  }
  const blob = await repository.trees.blob(after);
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await replaceFile(repository, join(folder, path), blob, isProgram);
  return true;
}

/** Whether what stands at a place is what is wanted there. Where no file is wanted, a folder may stand in its place. */
function isAt(onDisk: string | null, wanted: string | null): boolean {
  return onDisk === wanted || (wanted === null && onDisk === "taken");
}

/**
 * The object id that the content of a file has, null where there is no file, `taken` where a folder stands or a file where its folder
 * would be, or `other` for what is not a plain file.
 */
async function contentId(folder: string, path: string): Promise<string | null> {
  try {
    await checkNoLink(folder, path);
    const found = await lstat(join(folder, path));
    if (found.isDirectory()) return "taken";
    if (!found.isFile()) return "other";
    return newObject("blob", await readFile(join(folder, path))).oid;
  } catch (error) {
    if (error instanceof AppError) return "other";
    if (error instanceof Error && "code" in error) {
      if (error.code === "ENOENT") return null;
      if (error.code === "ENOTDIR") return "taken";
    }
    throw error;
  }
}

/** Lets a file be run, or not: of its rights git knows no more. */
async function makeProgram(path: string, isProgram: boolean): Promise<void> {
  const { mode } = await lstat(path);
  if (((mode & 0o100) !== 0) !== isProgram) await chmod(path, isProgram ? mode | 0o111 : mode & ~0o111);
}

/** Whoever reads the file sees the old text or the new one, never half of it. */
async function replaceFile(
  { gitDir }: Repository,
  path: string,
  content: string | Buffer,
  isProgram = false,
): Promise<void> {
  const temporary = join(gitDir, TEMPORARY_FOLDER, randomBytes(8).toString("hex"));
  await mkdir(dirname(temporary), { recursive: true });
  await writeFile(temporary, content, { mode: isProgram ? 0o777 : 0o666 });
  await rename(temporary, path);
}

async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== "." && at !== ""; at = dirname(at)) {
    try {
      await rmdir(join(root, at));
    } catch (error) {
      if (error instanceof Error && "code" in error && ["ENOTEMPTY", "EEXIST", "ENOENT"].includes(String(error.code))) {
        return;
      }
      throw error;
    }
  }
}
