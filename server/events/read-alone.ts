import { setTimeout as sleep } from "node:timers/promises";

import type pg from "pg";

import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import type { LoggedEvent } from "./log.ts";
import { tailEvents } from "./tail.ts";

const STANDBY_POLL_MS = 1_000;
const RETRY_MS = { first: 500, longest: 15_000 };

type Client = Pick<pg.ClientBase, "query">;

/** Whoever acts on each event of the log once, whatever number of processes there is. */
export type LogReader = {
  /** In the log lines, and the name of the lock. */
  name: string;
  /** The last event of each space that was acted on, as its rows say. */
  kept: (client: Client) => Promise<Map<string, number>>;
  /** Where to begin in each space; the kept positions unless given. */
  from?: (client: Client) => Promise<Map<string, number>>;
  /** Moves the position of the event's space, if it still is `seen`. @returns whether it was */
  keep: (client: Client, event: LoggedEvent, seen: number) => Promise<boolean>;
  /** Acts on events of one space, in order, and calls `keep` after each part that is done. What it throws is tried again from the last kept one. */
  onEvents: (
    events: LoggedEvent[],
    turn: { signal: AbortSignal; keep: (event: LoggedEvent) => Promise<void> },
  ) => Promise<void>;
};

/**
 * Stands by, and reads the log whenever it is this one's turn, until it is stopped. One process at a time has it: the one that holds an
 * advisory lock on a connection of its own. Positions are moved by compare-and-set only after what they stand for was done, so nothing
 * is skipped when the holder dies; what it had done without keeping it comes once more. Takes two connections of the pool in its turn.
 */
export function readLogAlone({ db, log }: { db: Db; log: Log }, reader: LogReader): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const follow = async () => {
    let pauseMs = RETRY_MS.first;
    while (!signal.aborted) {
      try {
        await takeTurn({ db, log, reader, signal, onProgress: () => (pauseMs = RETRY_MS.first) });
      } catch (error) {
        if (!signal.aborted) log.warn({ error, retryMs: pauseMs }, `${reader.name} could not go on; trying again`);
      }
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
    }
  };
  const following = follow();
  return {
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}

type Turn = { db: Db; log: Log; reader: LogReader; signal: AbortSignal; onProgress: () => void };

/** Waits for the lock, then reads until the signal aborts. Throws when the lock or the database is lost, or something was not done. */
async function takeTurn({ db, log, reader, signal, onProgress }: Turn): Promise<void> {
  const client = await db.pool.connect();
  const over = Promise.withResolvers<void>();
  // It is awaited only after the lock was got.
  over.promise.catch(() => {});
  const ending = new AbortController();
  const end = (error?: unknown) => {
    ending.abort();
    if (error) over.reject(error);
    else over.resolve();
  };
  const onError = (error: Error) => end(error);
  const onAbort = () => end();
  client.on("error", onError);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) end();
  try {
    await noticeDeathSoon(client);
    while (!ending.signal.aborted && !(await tryLock(client, reader.name))) await pause(STANDBY_POLL_MS, ending.signal);
    if (ending.signal.aborted) return await over.promise;

    const kept = await reader.kept(client);
    const keep = async (event: LoggedEvent) => {
      const { spaceId, seq } = event;
      if (!(await reader.keep(client, event, kept.get(spaceId) ?? 0))) {
        throw new Error("Another process reads already; this one lost its turn.");
      }
      kept.set(spaceId, seq);
      onProgress();
    };
    const from = reader.from ? await reader.from(client) : new Map(kept);
    const tail = await tailEvents({ db, log, from }, async (events) => {
      // The tail goes on to other spaces after a failure; what follows there waits for the next turn.
      if (ending.signal.aborted) return;
      await reader.onEvents(events, { signal: ending.signal, keep }).catch(end);
    });
    try {
      await over.promise;
    } finally {
      await tail.stop();
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    client.removeListener("error", onError);
    // Closed, not given back: the lock goes with the connection.
    client.release(true);
  }
}

async function tryLock(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ isMine: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('winnow ' || $1, 0)) as "isMine"`,
    [name],
  );
  return rows[0]?.isMine ?? false;
}

/** A machine that vanished without a word frees the lock after about ten seconds, not after two hours. */
async function noticeDeathSoon(client: Client): Promise<void> {
  await client.query(
    "set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3; set tcp_user_timeout = 10000",
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
