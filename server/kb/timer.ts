import type { Db } from "#server/lib/db.ts";
import { transaction } from "#server/lib/db.ts";
import { enqueue } from "#server/jobs/index.ts";
import { keepLooking } from "#server/lib/keep-looking.ts";
import type { Log } from "#server/lib/log.ts";
import { readSetting } from "#server/settings/index.ts";

import { kbSync } from "./jobs.ts";

const LOOK_INTERVAL_MS = 5_000;

/**
 * Sees to it that the knowledge bases of a home stay in step with their remotes and folders: each is synced again when its time has
 * come, for as long as this runs. That is also what sends out a push that could not go, when it can.
 */
export function keepInStep({ db, log, homeId }: { db: Db; log: Log; homeId: string }): {
  stop: () => Promise<void>;
} {
  return keepLooking({ log, name: "kb.timer", everyMs: LOOK_INTERVAL_MS }, () => enqueueDue(db, homeId));
}

/** Enqueues a sync for each knowledge base of a home whose time has come, and for spaces that have none yet. */
export async function enqueueDue(db: Db, homeId: string): Promise<void> {
  const { rows } = await db.pool.query<{ spaceId: string; ageS: number | null }>(
    `select s.id as "spaceId", extract(epoch from now() - k.synced_at)::float8 as "ageS"
       from spaces s left join knowledge_bases k on k.space_id = s.id where k.id is null or k.home_id = $1`,
    [homeId],
  );
  for (const { spaceId, ageS } of rows) {
    const everyS = await readSetting(db, spaceId, "kb.syncEveryS");
    if (ageS !== null && ageS < everyS) continue;
    await transaction(db, (tx) => enqueue(tx, kbSync, { spaceId, isAsked: false }, { keepsTime: true }));
  }
}
