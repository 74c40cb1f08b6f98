import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AppError } from "#server/lib/errors.ts";

import { git, GitError, gitText, WINNOW } from "./git/git.ts";
import { type Commit, openRepository, type Repository, syncFolder } from "./git/repository.ts";
import { fetchRemote, type Progress } from "./remote/fetch.ts";
import { checkRemote, type Remote } from "./remote/remote.ts";
import { writeState } from "./work-tree/checkout.ts";

const FIRST_INDEX = `---\nokf_version: "0.2"\n---\n\n# Knowledge base\n`;
/** Tens of thousands of files take their time on a slow disk. */
const CHECKOUT_TIMEOUT_MS = 30 * 60_000;
/** Files stand in the folder byte for byte as in the commit, whatever a .gitattributes of the repository asks for. */
const AS_THEY_ARE = "* -text -eol -ident -filter -working-tree-encoding\n";
const STARTED_WITHOUT_REMOTE = "winnow.startedWithoutRemote";

/** The folder of a space's knowledge base, or null where there is none. A space may get another slug; its folder keeps its name. */
export async function findFolder(root: string, spaceId: string): Promise<string | null> {
  try {
    const names = await readdir(root);
    const name = names.find((each) => each.endsWith(`-${shortId(spaceId)}`) && !each.startsWith("."));
    return name ? join(root, name) : null;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * Makes the repository of a space: from the remote's branch where there is one already, else with a first commit of its own.
 * It stands whole in its place, or not at all. To be called under the lock.
 * @throws AppError `invalid_input` for a branch name that git does not take; with `mustHave` also what keeps the remote away
 */
export async function createFolder(given: {
  root: string;
  space: { id: string; slug: string };
  branch: string;
  remote: Remote | null;
  /** A commit that the remote must bring: the knowledge base is not new, it only lost its folder or moved. */
  mustHave: string | null;
  onProgress: (progress: Progress) => void;
  now: Date;
}): Promise<string> {
  const { root, space, branch, remote, mustHave, onProgress, now } = given;
  await mkdir(root, { recursive: true });
  // Named after the space: another one may be made beside it, under a lock of its own.
  const unfinished = `.making-${shortId(space.id)}-`;
  await clearUnfinished(root, unfinished);
  const making = await mkdtemp(join(root, unfinished));
  await checkBranch(making, branch);
  await git(making, ["init", "-q", "--template=", "--object-format=sha1", `--initial-branch=${branch}`, "."]);
  // For the git of people who work in this folder; our own calls bring their config along.
  await git(making, ["config", "gc.auto", "0"]);
  await git(making, ["config", "core.autocrlf", "false"]);
  await mkdir(join(making, ".git", "info"), { recursive: true });
  await writeFile(join(making, ".git", "info", "attributes"), AS_THEY_ARE);

  const repository = openRepository(making, branch);
  try {
    const theirs = remote && (await startingPoint(repository, remote, mustHave !== null, onProgress));
    if (mustHave && !(theirs && (await repository.commit(mustHave)))) throw notAllThere(remote);
    const first = theirs?.hash ?? (await firstCommit(repository, now));
    await repository.advance(first, null);
    if (theirs) onProgress({ stage: "writing files", percent: null });
    const isWritten = await writeFiles(making);
    // What git refuses to write as a whole is brought file by file later, without what leads out of the folder.
    const at = isWritten ? first : null;
    await writeState(repository, { files: at, index: at, leftAlone: [], meanwhile: null });
  } finally {
    repository.close();
  }
  const folder = join(root, `${space.slug.replace(/[^a-z0-9-]+/gi, "-").slice(0, 60)}-${shortId(space.id)}`);
  await rename(making, folder);
  await syncFolder(root);
  return folder;
}

/** Whether a repository was made while its remote did not answer: what the remote has then belongs to it all the same. */
export async function startedWithoutRemote({ gitDir }: Pick<Repository, "gitDir">): Promise<boolean> {
  return (await gitText(gitDir, ["config", "--local", STARTED_WITHOUT_REMOTE], { okCodes: [0, 1] })) === "true";
}

/** With the first push the two are one: from then on a history that has nothing in common with ours is someone else's. */
export async function forgetStart({ gitDir }: Pick<Repository, "gitDir">): Promise<void> {
  await git(gitDir, ["config", "--local", "--unset", STARTED_WITHOUT_REMOTE], { okCodes: [0, 5] });
}

/** @returns false where the commit holds a path that git does not write, such as a disguise of its own folder */
async function writeFiles(folder: string): Promise<boolean> {
  try {
    await git(folder, ["reset", "-q", "--hard"], { timeoutMs: CHECKOUT_TIMEOUT_MS });
    return true;
  } catch (error) {
    if (error instanceof GitError && /invalid path/.test(error.stderr)) return false;
    throw error;
  }
}

/** What the remote's branch holds. A remote that does not answer now is taken in and pushed to later. */
async function startingPoint(
  repository: Repository,
  remote: Remote,
  isNeeded: boolean,
  onProgress: (progress: Progress) => void,
): Promise<Commit | null> {
  onProgress({ stage: "connecting", percent: null });
  try {
    checkRemote(remote);
    return await fetchRemote(repository, remote, onProgress);
  } catch (error) {
    if (isNeeded || !(error instanceof GitError || error instanceof AppError)) throw error;
    await git(repository.gitDir, ["config", STARTED_WITHOUT_REMOTE, "true"]);
    return null;
  }
}

async function firstCommit(repository: Repository, at: Date): Promise<string> {
  const { root, objects } = await repository.trees.change(null, [{ path: "index.md", content: FIRST_INDEX }]);
  return repository.write(
    { tree: root, parents: [], author: WINNOW, at, message: "Start the knowledge base\n" },
    objects,
  );
}

async function checkBranch(folder: string, branch: string): Promise<void> {
  const { code } = await git(folder, ["check-ref-format", `refs/heads/${branch}`], { okCodes: [0, 1] });
  if (code === 0 && !branch.startsWith("-")) return;
  throw new AppError(
    "invalid_input",
    `KB_GIT_BRANCH is “${branch}”, which git does not take as the name of a branch. Use a plain name such as main.`,
  );
}

function notAllThere(remote: Remote | null): AppError {
  return new AppError(
    "unavailable",
    `The folder of this knowledge base is missing, and ${remote?.shown ?? "no remote"} does not have all of its notes. Put the folder back from a backup, or set KB_DIR to where it is now.`,
  );
}

/** What a process left behind that was killed while it made a repository. */
async function clearUnfinished(root: string, prefix: string): Promise<void> {
  const names = await readdir(root);
  const left = names.filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
}

/** The random end of an id: enough to tell spaces apart, short enough for a folder's name. */
const shortId = (spaceId: string) => spaceId.slice(-12);
