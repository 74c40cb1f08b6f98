import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import type { Progress } from "./remote/fetch.ts";
import type { KbProgress } from "./schema.ts";

/** People see no more steps than these in a moment. */
const WRITE_EVERY_MS = 400;
const LOG_EVERY_PERCENT = 10;

/** Keeps how far long work on a knowledge base is, in its row for the Sync page, and in the log for whoever watches the console. */
export function tellProgress({ db, log, kbId }: { db: Pick<Db, "pool">; log: Log; kbId: string }): {
  tell: (progress: Progress) => void;
  end: () => Promise<void>;
} {
  let writing: Promise<unknown> = Promise.resolve();
  let writtenMs = Number.NEGATIVE_INFINITY;
  let last: Progress | undefined;

  const write = (progress: KbProgress | null) => {
    writing = writing
      .then(() =>
        db.pool.query("update knowledge_bases set progress = $2 where id = $1", [kbId, JSON.stringify(progress)]),
      )
      // The work itself goes on; without the database it will say so.
      .catch((error: unknown) => log.warn({ error, kbId }, "kb.progress could not be kept"));
  };

  return {
    tell: (progress) => {
      const isStage = last?.stage !== progress.stage;
      const step = (each: Progress | undefined) => Math.floor((each?.percent ?? 0) / LOG_EVERY_PERCENT);
      if (isStage || step(last) !== step(progress)) log.info({ kbId, ...progress }, "kb.clone");
      last = progress;
      if (!isStage && performance.now() - writtenMs < WRITE_EVERY_MS) return;
      writtenMs = performance.now();
      write({ ...progress, at: new Date().toISOString() });
    },
    end: async () => {
      if (last) write(null);
      await writing;
    },
  };
}
