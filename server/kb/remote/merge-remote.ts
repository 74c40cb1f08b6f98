import { AppError } from "#server/lib/errors.ts";

import { git, GitError, gitText, WINNOW } from "../git/git.ts";
import type { KbLock } from "../lock.ts";
import type { Remote } from "./remote.ts";
import type { Commit, Repository } from "../git/repository.ts";

const NETWORK_TIMEOUT_MS = 120_000;

/** Where the remote's branch is kept here. */
export const trackingRef = (branch: string) => `refs/remotes/winnow/${branch}`;

/** Fetches the branch of the remote. @returns its commit, or null where the remote has no such branch */
export async function fetchRemote(repository: Repository, remote: Remote): Promise<Commit | null> {
  const { gitDir, branch } = repository;
  const refspec = `+refs/heads/${branch}:${trackingRef(branch)}`;
  try {
    await git(gitDir, ["fetch", "--no-tags", "--no-write-fetch-head", "--quiet", "--", remote.url, refspec], {
      config: remote.config,
      timeoutMs: NETWORK_TIMEOUT_MS,
    });
  } catch (error) {
    if (error instanceof GitError && /couldn't find remote ref/.test(error.stderr)) return null;
    throw error;
  }
  return repository.commit(trackingRef(branch));
}

/**
 * Takes in what others pushed to the remote: moves on to it, or merges it, under the lock.
 * @throws AppError `conflict` when both sides changed the same lines, or do not belong together; nothing is changed then
 */
export async function mergeRemote(
  repository: Repository,
  lock: KbLock,
  remote: Remote,
  now: () => Date,
): Promise<void> {
  const theirs = await fetchRemote(repository, remote);
  if (!theirs) return;
  await lock.hold(async (held) => {
    const ours = await repository.tip();
    if (!ours) return;
    const base = await commonBase(repository, ours.hash, theirs.hash);
    if (base === null) throw unrelated(remote, repository.branch);
    if (base === theirs.hash) return;
    const next = base === ours.hash ? theirs.hash : await mergeCommit(repository, ours, theirs, remote, now());
    await held.assertHeld();
    if (!(await repository.advance(next, ours.hash))) {
      throw new AppError("unavailable", "The branch moved while the remote was merged in. It is tried again.");
    }
  });
}

async function mergeCommit(repository: Repository, ours: Commit, theirs: Commit, remote: Remote, at: Date) {
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours.hash, theirs.hash];
  const merged = await git(repository.gitDir, args, { okCodes: [0, 1] }).catch((error: unknown) => {
    if (!(error instanceof GitError) || !/usage: git merge-tree|unknown option/.test(error.stderr)) throw error;
    throw new AppError(
      "conflict",
      `${remote.shown} has commits of others, and the git on this machine is too old to merge them. Install git 2.38 or newer.`,
      { cause: error },
    );
  });
  const [tree = "", ...files] = merged.stdout.toString().split("\0").filter(Boolean);
  if (merged.code === 1) throw bothChanged(remote, files);
  const message = `Take in the changes of others\n\nMerged-from: ${remote.shown}\n`;
  return repository.write({ tree, parents: [ours.hash, theirs.hash], author: WINNOW, at, message }, []);
}

async function commonBase(repository: Repository, ours: string, theirs: string): Promise<string | null> {
  return (await gitText(repository.gitDir, ["merge-base", ours, theirs], { okCodes: [0, 1] })) || null;
}

function bothChanged(remote: Remote, files: string[]): AppError {
  const named = files.slice(0, 5).join(", ") + (files.length > 5 ? ` and ${files.length - 5} more` : "");
  return new AppError(
    "conflict",
    `${remote.shown} has commits of others that change the same places as notes here: ${named}. Nothing was overwritten on either side; the notes stay committed here and are not pushed. Merge the two in the knowledge base's folder with git, then the next note pushes all of it.`,
  );
}

function unrelated(remote: Remote, branch: string): AppError {
  return new AppError(
    "conflict",
    `The branch ${branch} of ${remote.shown} has a history of its own that these notes did not start from, so nothing was pushed. Point KB_GIT_REMOTE to an empty repository, or set KB_GIT_BRANCH to a branch that does not exist there yet.`,
  );
}
