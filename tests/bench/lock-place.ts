import { createLock, type KbLock } from "#server/kb/lock.ts";
import type { Db } from "#server/lib/db.ts";

export const TAKE = "select pg_advisory_lock(hashtextextended($1, 0))";
export const GIVE_BACK = "select pg_advisory_unlock(hashtextextended($1, 0))";

/** The lock of one knowledge base, as a process has it. */
export function openLock(db: Db, kbId: string): KbLock {
  return createLock({ db, kbId, timeoutS: async () => 30, holder: async () => "the bench is at work" });
}
