import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

import { writeState } from "./work-tree/checkout.ts";
import { git, GitError, WINNOW } from "./git/git.ts";
import { fetchRemote } from "./remote/merge-remote.ts";
import { checkRemote, explain, type Remote } from "./remote/remote.ts";
import { type Commit, openRepository, type Repository, syncFolder } from "./git/repository.ts";

const FIRST_INDEX = `---\nokf_version: "0.2"\n---\n\n# Knowledge base\n`;

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
 * @throws AppError `invalid_input` for a branch name that git does not take
 */
export async function createFolder(given: {
  root: string;
  space: { id: string; slug: string };
  branch: string;
  remote: Remote | null;
  log: Log;
  now: Date;
}): Promise<string> {
  const { root, space, branch, remote, log, now } = given;
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

  const repository = openRepository(making, branch);
  try {
    const theirs = remote && (await startingPoint(repository, remote, log));
    const first = theirs?.hash ?? (await firstCommit(repository, now));
    await repository.advance(first, null);
    await git(making, ["reset", "-q", "--hard"]);
    await writeState(repository, { files: first, index: first, leftAlone: [] });
  } finally {
    repository.close();
  }
  const folder = join(root, `${space.slug.replace(/[^a-z0-9-]+/gi, "-").slice(0, 60)}-${shortId(space.id)}`);
  await rename(making, folder);
  await syncFolder(root);
  return folder;
}

/** What the remote's branch holds. A remote that does not answer now is pushed to later. */
async function startingPoint(repository: Repository, remote: Remote, log: Log): Promise<Commit | null> {
  try {
    checkRemote(remote);
    return await fetchRemote(repository, remote);
  } catch (error) {
    if (!(error instanceof GitError) && !(error instanceof AppError)) throw error;
    log.warn({ reason: explain(error, remote) }, "kb.create could not ask the remote; starting without it");
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

/** What a process left behind that was killed while it made a repository. */
async function clearUnfinished(root: string, prefix: string): Promise<void> {
  const names = await readdir(root);
  const left = names.filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })));
}

/** The random end of an id: enough to tell spaces apart, short enough for a folder's name. */
const shortId = (spaceId: string) => spaceId.slice(-12);
