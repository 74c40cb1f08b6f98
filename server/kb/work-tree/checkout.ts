import { randomBytes } from "node:crypto";
import { lstat, mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import pLimit from "p-limit";

import { AppError } from "#server/lib/errors.ts";

import { newObject } from "../git/objects.ts";
import { checkNoLink, staysInside } from "../paths.ts";
import type { Commit, Repository } from "../git/repository.ts";
import { ageOf } from "../git/stale-locks.ts";
import type { Difference } from "../git/trees.ts";
import { wasCommitted } from "../git/versions.ts";

/** What the work tree was last brought to. Kept beside the repository, so that the next process goes on from there. */
export type CheckoutState = {
  /** The commit whose files are in the work tree. */
  files: string | null;
  /** The commit that git's index knows; it follows a little later. */
  index: string | null;
  /** Files that people changed in the work tree and that are left as they are. */
  leftAlone: string[];
};

const FILES_AT_A_TIME = 16;
const STATE_FILE = "winnow-checkout.json";
const TEMPORARY_FOLDER = "winnow-tmp";

/** Why the work tree is left as it is altogether, in words, or null. */
export async function whyNotOurs(repository: Repository): Promise<string | null> {
  const head = await readFile(join(repository.gitDir, "HEAD"), "utf8");
  if (head.trim() !== `ref: refs/heads/${repository.branch}`) {
    return `its work tree is not on the branch ${repository.branch}`;
  }
  for (const sign of ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"]) {
    if ((await ageOf(join(repository.gitDir, sign))) !== null)
      return "someone is in the middle of a merge in its work tree";
  }
  return null;
}

/**
 * Brings the files of the work tree from the commit they were last brought to, to the newest one. A file that is not
 * as that commit had it was changed by a person: it is left alone, and named.
 */
export async function bringFiles(repository: Repository, state: CheckoutState): Promise<CheckoutState> {
  const tip = await repository.tip();
  const base = state.files ? await repository.commit(state.files) : null;
  const differences = await repository.trees.diff(base?.tree ?? null, tip?.tree ?? null);
  const atATime = pLimit(FILES_AT_A_TIME);
  const outcomes = await Promise.all(
    differences.map((difference) =>
      atATime(async () => ((await bringFile(repository, difference, { base, tip })) ? null : difference.path)),
    ),
  );
  const changed = new Set(differences.map((difference) => difference.path));
  const stillChanged = await Promise.all(
    state.leftAlone.map(async (path) => {
      if (changed.has(path)) return null;
      const wanted = tip && (await repository.trees.find(tip.tree, path));
      return (await contentId(repository.folder, path)) === wanted ? null : path;
    }),
  );
  const leftAlone = [...outcomes, ...stillChanged].filter((path) => path !== null).toSorted();
  return { ...state, files: tip?.hash ?? null, leftAlone };
}

export async function readState(repository: Repository): Promise<CheckoutState> {
  try {
    const text = await readFile(join(repository.gitDir, STATE_FILE), "utf8");
    return { files: null, index: null, leftAlone: [], ...JSON.parse(text) };
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    // An unreadable file is like none: every file is looked at then, and none is overwritten.
    if (isMissing || error instanceof SyntaxError) return { files: null, index: null, leftAlone: [] };
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
  { path, before, after }: Difference,
  range: { base: Commit | null; tip: Commit | null },
): Promise<boolean> {
  const { folder } = repository;
  if (!staysInside(path)) return false;
  const onDisk = await contentId(folder, path);
  if (onDisk === after) return true;
  if (onDisk !== before && !(await wasCommitted(repository, range, { path, oid: onDisk }))) return false;
  if (after === null) {
    await rm(join(folder, path), { force: true });
    await removeEmptyFolders(folder, dirname(path));
    return true;
  }
  const blob = await repository.trees.blob(after);
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await replaceFile(repository, join(folder, path), blob);
  return true;
}

/** The object id that the content of a file has, null where there is no file, or `other` for what is not a plain file. */
async function contentId(folder: string, path: string): Promise<string | null> {
  try {
    await checkNoLink(folder, path);
    const found = await lstat(join(folder, path));
    if (!found.isFile()) return "other";
    return newObject("blob", await readFile(join(folder, path))).oid;
  } catch (error) {
    if (error instanceof AppError) return "other";
    if (error instanceof Error && "code" in error) {
      if (error.code === "ENOENT") return null;
      if (error.code === "ENOTDIR") return "other";
    }
    throw error;
  }
}

/** Whoever reads the file sees the old text or the new one, never half of it. */
async function replaceFile({ gitDir }: Repository, path: string, content: string | Buffer): Promise<void> {
  const temporary = join(gitDir, TEMPORARY_FOLDER, randomBytes(8).toString("hex"));
  await mkdir(dirname(temporary), { recursive: true });
  await writeFile(temporary, content);
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
