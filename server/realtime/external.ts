import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

import type pg from "pg";
import Pusher from "pusher";

import { type LoggedEvent, tailEvents } from "#server/events/index.ts";
import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";

import { announcementOf, checkAnnounced } from "./announcement.ts";
import type { Publisher } from "./publisher.ts";
import type { RealtimeSettings } from "./settings.ts";

// One process at a time hands the log to the Pusher server: the one that holds an advisory lock on a connection of its own.
// Positions are kept in published_positions and moved by compare-and-set after each batch was accepted. So:
// - nothing is skipped when the holder dies: the next one goes on at the last kept position;
// - nothing comes twice, except the one batch (10 events at most) that was accepted while its holder died before it could
//   keep the position. Browsers drop what they know by its number.

/** Hosted Pusher's limit of one call. */
const BATCH_SIZE = 10;
/** After a long absence only this much is announced of each space: browsers see the gap and fetch what is missing. */
const MAX_BACKLOG = 500;
const STANDBY_POLL_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const RETRY_MS = { first: 500, longest: 15_000 };

type ExternalSettings = Extract<RealtimeSettings, { mode: "external" }>;
type Work = { db: Db; log: Log; settings: ExternalSettings };

/** Stands by, and announces for all processes whenever it is this one's turn, until stopped. */
export function startExternalPublisher({ db, log, settings }: Work): Publisher {
  const { pusher, agent } = connectPusher(settings);
  const stopping = new AbortController();

  const follow = async () => {
    let pauseMs = RETRY_MS.first;
    while (!stopping.signal.aborted) {
      try {
        await takeTurn({ db, log, pusher, signal: stopping.signal, onProgress: () => (pauseMs = RETRY_MS.first) });
      } catch (error) {
        log.warn({ error, retryMs: pauseMs }, "realtime.publisher could not go on; trying again");
      }
      await pause(pauseMs, stopping.signal);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
    }
  };

  const following = follow();
  return {
    stop: async () => {
      stopping.abort();
      await following;
      agent.destroy();
    },
    check: async () => checkAnnounced(db, await keptPositions(db.pool)),
  };
}

/** Waits for the lock, then announces until stopped. Throws when the lock, the database or the Pusher server is lost. */
async function takeTurn(options: { db: Db; log: Log; pusher: Pusher; signal: AbortSignal; onProgress: () => void }) {
  const { db, log, pusher, signal, onProgress } = options;
  const client = await db.pool.connect();
  const over = Promise.withResolvers<void>();
  let isOver = false;
  const end = (error?: unknown) => {
    isOver = true;
    if (error) over.reject(error);
    else over.resolve();
  };
  // It is awaited only after the lock was got.
  over.promise.catch(() => {});
  const onError = (error: Error) => end(error);
  const onAbort = () => end();
  client.on("error", onError);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) end();
  try {
    await noticeDeathSoon(client);
    while (!isOver && !(await tryLock(client))) await pause(STANDBY_POLL_MS, signal);
    if (isOver) return await over.promise;

    const kept = await keptPositions(client);
    const handOver = async (events: LoggedEvent[]) => {
      for (let at = 0; at < events.length && !isOver; at += BATCH_SIZE) {
        const batch = events.slice(at, at + BATCH_SIZE);
        const response = await pusher.triggerBatch(batch.map(announcementOf));
        // Read to its end, or the connection is not used again.
        await response.text();
        await keepPosition(client, batch.at(-1)!, kept);
        onProgress();
      }
    };
    const tail = await tailEvents({ db, log, from: await startingPositions(client) }, (events) =>
      handOver(events).catch(end),
    );
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

async function tryLock(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ isMine: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('winnow realtime publisher', 0)) as "isMine"`,
  );
  return rows[0]?.isMine ?? false;
}

/** A machine that vanished without a word frees the lock after about ten seconds, not after two hours. */
async function noticeDeathSoon(client: pg.ClientBase): Promise<void> {
  await client.query(
    "set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3; set tcp_user_timeout = 10000",
  );
}

async function keptPositions(client: Pick<pg.ClientBase, "query">): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; seq: number }>(
    "select space_id as id, seq::float8 as seq from published_positions",
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

async function startingPositions(client: pg.ClientBase): Promise<Map<string, number>> {
  const { rows } = await client.query<{ id: string; seq: number }>(
    `select s.id, greatest(coalesce(p.seq, 0), s.event_seq - $1)::float8 as seq
       from spaces s left join published_positions p on p.space_id = s.id`,
    [MAX_BACKLOG],
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

/** Moves the position of the event's space. One that someone else moved means that the lock was lost: then it throws. */
async function keepPosition(client: pg.ClientBase, { spaceId, seq }: LoggedEvent, kept: Map<string, number>) {
  const { rowCount } = await client.query(
    `insert into published_positions (space_id, seq, published_at) values ($1, $2, now())
     on conflict (space_id) do update set seq = excluded.seq, published_at = excluded.published_at
      where published_positions.seq = $3`,
    [spaceId, seq, kept.get(spaceId) ?? 0],
  );
  if (rowCount === 0) throw new Error("Another process announces already; this one lost its turn.");
  kept.set(spaceId, seq);
}

function connectPusher(settings: ExternalSettings): { pusher: Pusher; agent: Agent } {
  const { appId, key, secret, host, port, cluster, useTls } = settings;
  const agent = useTls ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const base = { appId, key, secret, agent, useTLS: useTls, timeout: REQUEST_TIMEOUT_MS };
  const where =
    host === null ? { cluster: cluster ?? "mt1" } : { host, ...(port === null ? {} : { port: String(port) }) };
  return { pusher: new Pusher({ ...base, ...where }), agent };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
