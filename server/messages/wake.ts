import type { Db } from "#server/lib/db.ts";
import { keepLooking } from "#server/lib/keep-looking.ts";
import type { Log } from "#server/lib/log.ts";

import { telegramHandle } from "./jobs.ts";

const LOOK_INTERVAL_MS = 5_000;

/**
 * Gives every lane that has updates still to handle a job, where it has none that would run: updates that came before there was
 * a space to put them in, and those whose job gave up. Without a space there is nothing to do yet.
 * @returns how many lanes were woken
 */
export async function wakeLanes(db: Pick<Db, "pool">): Promise<number> {
  const { rows } = await db.pool.query<{ woken: number }>(
    `with lanes as (
       select distinct chat_key from inbound_updates where handled_at is null and exists (select from spaces)
     ), idle as (
       select chat_key, '${telegramHandle.name}:' || chat_key as key from lanes
        where not exists (select from graphile_worker.jobs
                           where key = '${telegramHandle.name}:' || chat_key and attempts < max_attempts)
     )
     select count(graphile_worker.add_job('${telegramHandle.name}', json_build_object('chatKey', chat_key),
                                          max_attempts := ${telegramHandle.maxAttempts}, job_key := key))::int as woken
       from (select * from idle order by key) as idle`,
  );
  return rows[0]?.woken ?? 0;
}

/** Looks for such lanes now and every few seconds, until stopped. */
export function keepLanesAwake({ db, log }: { db: Pick<Db, "pool">; log: Log }): { stop: () => Promise<void> } {
  return keepLooking({ log, name: "messages.wake", everyMs: LOOK_INTERVAL_MS }, async () => {
    const woken = await wakeLanes(db);
    if (woken > 0) log.info({ lanes: woken }, "messages.wake gave waiting updates a job");
  });
}
