import type { Db } from "#server/lib/db.ts";
import { transaction } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import {
  bringFiles,
  clearTemporaryFiles,
  keepMeanwhile,
  type Meanwhile,
  readState,
  whyNotOurs,
  writeState,
} from "./checkout.ts";
import { bringIndex, packLooseObjects } from "./git-index.ts";
import { findHandEdits, type HandEdits } from "./hand-edits.ts";
import type { Repository } from "../git/repository.ts";

/** Keeps the files that people can open up to date with the newest commit, beside the lock and not under it. */
export type WorkTree = {
  /** Brings the files up to date; those who ask at the same time share one round. Never throws: the commit stands whatever happens here. */
  bring: () => Promise<{ leftAlone: string[] }>;
  /** What people changed by hand, and why the folder is left as it is altogether, if it is. */
  handEdits: () => Promise<HandEdits>;
  /** What was committed while a person's git was in the middle of something that it is done with now, and may not know of. */
  meanwhile: () => Promise<Meanwhile | null>;
  /** Forgets it: it is part of the branch. */
  forgetMeanwhile: () => Promise<void>;
  /** Finishes what is due. */
  close: () => Promise<void>;
};

/** In a burst git's index follows once, not after each commit. */
const INDEX_DELAY_MS = 2_000;
const INDEX_AGAIN_MS = 2_000;

export function createWorkTree(given: {
  db: Pick<Db, "pool">;
  log: Log;
  kbId: string;
  repository: Repository;
}): WorkTree {
  const { db, log, kbId, repository } = given;
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<{ leftAlone: string[] }> | undefined;
  let indexTimer: NodeJS.Timeout | undefined;
  let isFirst = true;

  /** One process at a time, in a transaction whose end frees the lock. */
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    transaction(db, async (tx) => {
      await tx.query(
        "select pg_advisory_xact_lock(hashtextextended($1, 0)) from set_config('lock_timeout', '30s', true)",
        [`winnow.kb.files.${kbId}`],
      );
      return work();
    });

  const bringNow = async (): Promise<{ leftAlone: string[] }> => {
    try {
      return await alone(async () => {
        if (isFirst) await clearTemporaryFiles(repository);
        isFirst = false;
        const before = await readState(repository);
        const why = await whyNotOurs(repository);
        if (why) {
          log.warn({ kbId, why }, "kb.files left as they are");
          const kept = await keepMeanwhile(repository, before);
          if (kept !== before) await writeState(repository, kept);
          return { leftAlone: before.leftAlone.map((each) => each.path) };
        }
        const after = await bringFiles(repository, before);
        if (after.leftAlone.length > 0)
          log.warn({ kbId, files: after.leftAlone.length }, "kb.files were edited by hand");
        if (JSON.stringify(after) !== JSON.stringify(before)) await writeState(repository, after);
        if (after.index !== after.files) scheduleIndex();
        return { leftAlone: after.leftAlone.map((each) => each.path) };
      });
    } catch (error) {
      log.warn({ error, kbId }, "kb.files could not be brought up to date; the next commit tries again");
      return { leftAlone: [] };
    }
  };

  const indexNow = async (): Promise<void> => {
    indexTimer = undefined;
    try {
      await alone(async () => {
        if (await whyNotOurs(repository)) return;
        const before = await readState(repository);
        const after = await bringIndex(repository, before);
        if (after !== before) await writeState(repository, after);
        else if (after.index !== after.files) scheduleIndex(INDEX_AGAIN_MS);
      });
      await packLooseObjects(repository);
    } catch (error) {
      log.warn({ error, kbId }, "kb.index could not be brought up to date; the next commit tries again");
    }
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = running.then(work);
    // The next one's turn comes whatever became of this one.
    running = result.catch(() => {});
    return result;
  };

  const scheduleIndex = (delayMs = INDEX_DELAY_MS) => {
    indexTimer ??= setTimeout(() => void inTurn(indexNow), delayMs).unref();
  };

  return {
    bring: () => {
      next ??= inTurn(() => {
        next = undefined;
        return bringNow();
      });
      return next;
    },
    handEdits: () =>
      inTurn(() =>
        alone(async () => {
          const why = await whyNotOurs(repository);
          const before = await readState(repository);
          if (why) return { why, edits: [], waiting: before.leftAlone.map((each) => each.path) };
          const state = await bringIndex(repository, await bringFiles(repository, before));
          if (JSON.stringify(state) !== JSON.stringify(before)) await writeState(repository, state);
          return findHandEdits(repository, state);
        }),
      ),
    meanwhile: async () => {
      const { meanwhile } = await readState(repository);
      return meanwhile && (await whyNotOurs(repository)) === null ? meanwhile : null;
    },
    forgetMeanwhile: () =>
      inTurn(() =>
        alone(async () => {
          await writeState(repository, { ...(await readState(repository)), meanwhile: null });
        }),
      ),
    close: async () => {
      await running;
      if (!indexTimer) return;
      clearTimeout(indexTimer);
      await inTurn(indexNow);
      clearTimeout(indexTimer);
    },
  };
}
