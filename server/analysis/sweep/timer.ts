import { enqueue } from "#server/jobs/index.ts";
import { nextMoment } from "#server/lib/cron.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { keepLooking } from "#server/lib/keep-looking.ts";
import type { Log } from "#server/lib/log.ts";

import { sweepJob } from "./jobs.ts";

/** Each night, in the time zone of the space. */
const SCHEDULE = "30 3 * * *";
const LOOK_INTERVAL_MS = 600_000;

/** Sees to it that the knowledge base of each space is swept once a day, for as long as this runs. */
export function keepSweeping({ db, log, now }: { db: Db; log: Log; now: () => Date }): { stop: () => Promise<void> } {
  return keepLooking({ log, name: "analysis.sweep", everyMs: LOOK_INTERVAL_MS }, () => planSweeps(db, now()));
}

/** Puts the next sweep of each space with a knowledge base into the queue, unless it waits there already: then it keeps its time. */
export async function planSweeps(db: Db, now: Date): Promise<void> {
  const { rows } = await db.pool.query<{ spaceId: string; timeZone: string }>(
    `select s.id as "spaceId", s.time_zone as "timeZone" from spaces s join knowledge_bases k on k.space_id = s.id`,
  );
  for (const { spaceId, timeZone } of rows) {
    const runAt = nextMoment(SCHEDULE, timeZone, now);
    if (runAt) await transaction(db, (tx) => enqueue(tx, sweepJob, { spaceId }, { runAt, keepsTime: true }));
  }
}
