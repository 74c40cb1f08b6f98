import { enqueue } from "#server/jobs/index.ts";
import type { Db } from "#server/lib/db.ts";
import { transaction } from "#server/lib/db.ts";
import { keepLooking } from "#server/lib/keep-looking.ts";
import type { Log } from "#server/lib/log.ts";

import { lookForRuns } from "../jobs.ts";

const LOOK_INTERVAL_MS = 60_000;

/** Sees to it that runs that start by themselves do, for as long as this runs: each minute there is a job for each space that wants any. */
export function keepReading({ db, log }: { db: Db; log: Log }): { stop: () => Promise<void> } {
  return keepLooking({ log, name: "analysis.timer", everyMs: LOOK_INTERVAL_MS }, () => enqueueLooks(db));
}

/** Enqueues a look for each space with a schedule or that reads by itself. */
async function enqueueLooks(db: Db): Promise<void> {
  const { rows } = await db.pool.query<{ spaceId: string }>(
    `select distinct space_id as "spaceId" from settings
      where (key = 'analysis.auto' and value = 'true'::jsonb) or (key = 'analysis.schedule' and value <> '""'::jsonb)`,
  );
  for (const { spaceId } of rows) {
    await transaction(db, (tx) => enqueue(tx, lookForRuns, { spaceId }, { keepsTime: true }));
  }
}
