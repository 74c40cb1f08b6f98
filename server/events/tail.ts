import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import { eventsSince, type LoggedEvent, WAKE_UP_CHANNEL } from "./log.ts";

/** How long a tail waits without a wake-up before it looks anyway: a NOTIFY lost with a connection costs at most this. */
const LOOK_ANYWAY_MS = 2_000;
const RECONNECT_MS = 500;

export type Tail = { stop: () => Promise<void> };

/**
 * Follows the log of every space and hands each event over once, in order within its space.
 * Survives a restart of Postgres: it connects again and goes on where it was.
 * @param from the last event of each space that is already known; a space that is not named starts at its first event.
 *   Not given: from now on
 */
export async function tailEvents(
  options: { db: Db; log: Log; from?: ReadonlyMap<string, number> },
  onEvents: (events: LoggedEvent[]) => void | Promise<void>,
): Promise<Tail> {
  const { db, log } = options;
  const seen = new Map(options.from ?? (await eventPositions(db)));
  let stopped = false;
  let wake = () => {};
  let hangUp = () => {};

  const drain = async () => {
    const positions = await eventPositions(db);
    for (const [spaceId, newest] of positions) {
      let position = seen.get(spaceId) ?? 0;
      while (position < newest && !stopped) {
        const events = await eventsSince(db, { spaceId, after: position });
        const last = events.at(-1);
        if (!last) break;
        await onEvents(events);
        position = last.seq;
        seen.set(spaceId, position);
      }
    }
  };

  const listen = async () => {
    const client = await db.pool.connect();
    let broken: Error | undefined;
    try {
      client.on("notification", () => wake());
      client.on("error", (error) => {
        broken = error;
        wake();
      });
      await client.query(`listen ${WAKE_UP_CHANNEL}`);
      while (!stopped && !broken) {
        // Armed before the look, so that a wake-up during it is not missed.
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
          hangUp = resolve;
        });
        await drain();
        const timer = setTimeout(() => wake(), LOOK_ANYWAY_MS);
        await woken;
        clearTimeout(timer);
      }
    } finally {
      client.removeAllListeners("notification");
      // Never back into the pool: it still listens.
      client.release(broken ?? true);
    }
  };

  const follow = async () => {
    while (!stopped) {
      try {
        await listen();
      } catch (error) {
        log.warn({ error }, "events.tail lost the database; trying again");
      }
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  };

  const following = follow();
  return {
    stop: async () => {
      stopped = true;
      hangUp();
      await following;
    },
  };
}

/** The number of the newest event of each space. */
export async function eventPositions(db: Pick<Db, "pool">): Promise<Map<string, number>> {
  const { rows } = await db.pool.query<{ id: string; seq: number }>("select id, event_seq::float8 as seq from spaces");
  return new Map(rows.map((row) => [row.id, row.seq]));
}
