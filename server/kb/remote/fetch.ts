import { join } from "node:path";

import { git, GitError } from "../git/git.ts";
import type { Commit, Repository } from "../git/repository.ts";
import { ageOf, pastStaleLock } from "../git/stale-locks.ts";
import type { KbProgress } from "../schema.ts";
import { checkOwnConfig, checkRemote, type Remote, sshConfig } from "./remote.ts";

/** A clone of any size goes on for as long as it moves; git gives up a line that is silent (http.lowSpeedTime). */
const CLONE_TIMEOUT_MS = 6 * 60 * 60_000;
const FETCH_TIMEOUT_MS = 60 * 60_000;
/** Before a write a look at the remote may be this old, and may take this long: then the note is written first. */
const FRESH_MS = 3_000;
const PATIENCE_MS = 5_000;
/** A remote that failed is asked again by the timer, not by every note. */
const AFTER_FAILURE_MS = 30_000;

export type Progress = Omit<KbProgress, "at">;

/** Looks at the remote. Those who ask at the same time share one look. */
export type Fetcher = {
  /** Asks the remote for its newest commit. @throws GitError, AppError `invalid_input` for a remote that is not to be used */
  fetch: () => Promise<Commit | null>;
  /** The same before a write: not when it was just asked, not for long, and never in the way of the note. */
  freshen: () => Promise<void>;
  /** What was fetched last. */
  last: () => Promise<Commit | null>;
  /** The same, where that is not part of the branch yet as far as this process knows. */
  unseen: () => Promise<Commit | null>;
  /** Remembers that a fetched commit is part of the branch. */
  see: (commit: Pick<Commit, "hash">) => void;
};

/** Where the remote's branch is kept here. */
export const trackingRef = (branch: string) => `refs/remotes/winnow/${branch}`;

export function createFetcher(repository: Repository, remote: Remote): Fetcher {
  let looking: Promise<Commit | null> | undefined;
  let quietUntilMs = 0;
  let seen: string | undefined;
  const check = async () => {
    checkRemote(remote);
    await checkOwnConfig(repository);
  };
  const fetch = () => {
    looking ??= check()
      .then(() => fetchRemote(repository, remote))
      .then(
        (commit) => {
          quietUntilMs = performance.now() + FRESH_MS;
          return commit;
        },
        (error: unknown) => {
          quietUntilMs = performance.now() + AFTER_FAILURE_MS;
          throw error;
        },
      )
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  return {
    fetch,
    freshen: async () => {
      if (performance.now() < quietUntilMs) return;
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          // The next notes do not wait for the same look.
          quietUntilMs = performance.now() + AFTER_FAILURE_MS;
          resolve();
        }, PATIENCE_MS);
      });
      // Why it failed is kept by the sync that the timer starts; the note is written all the same.
      const look = fetch().then(
        () => {},
        () => {},
      );
      await Promise.race([look, enough]);
      clearTimeout(timer);
    },
    last: () => repository.commit(trackingRef(repository.branch)),
    unseen: async () => {
      const commit = await repository.commit(trackingRef(repository.branch));
      return commit?.hash === seen ? null : commit;
    },
    see: (commit) => {
      seen = commit.hash;
    },
  };
}

/**
 * Fetches the branch of the remote, with all of its history.
 * @param onProgress hears how far a long transfer is
 * @returns its commit, or null where the remote has no such branch
 */
export async function fetchRemote(
  repository: Repository,
  remote: Remote,
  onProgress?: (progress: Progress) => void,
): Promise<Commit | null> {
  const { gitDir, branch } = repository;
  const refspec = `+refs/heads/${branch}:${trackingRef(branch)}`;
  const isFirst = (await repository.commit(trackingRef(branch))) === null;
  const isShallow = (await ageOf(join(gitDir, "shallow"))) !== null;
  const options = [
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    // A remote that is shallow itself has no more to give: our history begins where its does.
    "--update-shallow",
    onProgress ? "--progress" : "--quiet",
  ];
  try {
    await pastStaleLock(() =>
      git(gitDir, ["fetch", ...options, ...(isShallow ? ["--unshallow"] : []), "--", remote.url, refspec], {
        config: remote.config,
        env: sshConfig(remote),
        timeoutMs: isFirst || isShallow ? CLONE_TIMEOUT_MS : FETCH_TIMEOUT_MS,
        ...(onProgress ? { onStderr: readProgress(onProgress) } : {}),
      }),
    );
  } catch (error) {
    if (!(error instanceof GitError && /couldn't find remote ref/.test(error.stderr))) throw error;
    // What was there before is there no more: all of it is pushed again.
    await pastStaleLock(() => git(gitDir, ["update-ref", "-d", trackingRef(branch)]));
    return null;
  }
  return repository.commit(trackingRef(branch));
}

/** Reads what git prints while it works: `Receiving objects:  45% (450/1000), 1.2 MiB`. */
function readProgress(onProgress: (progress: Progress) => void): (chunk: string) => void {
  const stages = { "Receiving objects": "receiving", "Resolving deltas": "resolving" } as const;
  return (chunk) => {
    const found = [...chunk.matchAll(/(Receiving objects|Resolving deltas):\s+(\d+)%/g)].at(-1);
    if (!found?.[1] || !found[2]) return;
    onProgress({ stage: stages[found[1] as keyof typeof stages], percent: Number(found[2]) });
  };
}
