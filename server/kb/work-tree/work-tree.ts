import type { Db } from "#server/lib/db.ts";
import { transaction } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import { bringFiles, clearTemporaryFiles, readState, whyNotOurs, writeState } from "./checkout.ts";
import { bringIndex, packLooseObjects } from "./git-index.ts";
import type { Repository } from "../git/repository.ts";

/** Keeps the files that people can open up to date with the newest commit, beside the lock and not under it. */
export type WorkTree = {
  /** Brings the files up to date; those who ask at the same time share one round. Never throws: the commit stands whatever happens here. */
  bring: () => Promise<{ leftAlone: string[] }>;
  /** Files that people changed by hand and that are left as they are. */
  leftAlone: () => Promise<string[]>;
  /** Finishes what is due. */
  close: () => Promise<void>;
};

const INDEX_DELAY_MS = 300;
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
          return { leftAlone: before.leftAlone };
        }
        const after = await bringFiles(repository, before);
        if (after.leftAlone.length > 0)
          log.warn({ kbId, files: after.leftAlone.length }, "kb.files were edited by hand");
        if (JSON.stringify(after) !== JSON.stringify(before)) await writeState(repository, after);
        if (after.index !== after.files) scheduleIndex();
        return { leftAlone: after.leftAlone };
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
    running = result;
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
    leftAlone: async () => (await readState(repository)).leftAlone,
    close: async () => {
      await running;
      if (!indexTimer) return;
      clearTimeout(indexTimer);
      await inTurn(indexNow);
      clearTimeout(indexTimer);
    },
  };
}
