import { setTimeout as sleep } from "node:timers/promises";

import type pg from "pg";

import { type LoggedEvent, tailEvents } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { announce } from "./announce.ts";
import type { ReviewDeps } from "./cards.ts";

// One process at a time brings what the log says into the chats: the one that holds an advisory lock on a connection of its own. How
// far it has come in each space is kept in log_readers, and moved only after everything was said. So nothing is missed when it
// dies; what it had said by then is a post with a key, and is not said twice.

const READER = "chat";
const STANDBY_POLL_MS = 1_000;
const RETRY_MS = { first: 500, longest: 15_000 };
/** A fault of our own is passed over after so many tries in a row: it must not keep everything else from being said. */
const MOST_TRIES = 4;

type Announcer = { stop: () => Promise<void> };

/** Announces in the chats what happens to proposals, until it is stopped. Takes two connections of the pool while it has its turn. */
export function startAnnouncer(deps: ReviewDeps, ctx: Ctx): Announcer {
  const stopping = new AbortController();
  const following = announceToChats(deps, ctx, { signal: stopping.signal });
  return {
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}

/**
 * Stands by, and announces whenever it is this one's turn, until the signal aborts. A space that was not followed before is followed
 * from now on. Where a channel does not answer it waits and tries again, however long that takes.
 */
async function announceToChats(deps: ReviewDeps, ctx: Ctx, { signal }: { signal: AbortSignal }): Promise<void> {
  const tries = { failed: 0 };
  let pauseMs = RETRY_MS.first;
  while (!signal.aborted) {
    try {
      await takeTurn(deps, ctx, { signal, tries, onProgress: () => (pauseMs = RETRY_MS.first) });
    } catch (error) {
      if (!signal.aborted) ctx.log.warn({ error, retryMs: pauseMs }, "assistant.review could not go on; trying again");
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
  }
}

type Turn = { signal: AbortSignal; tries: { failed: number }; onProgress: () => void };

/** Waits for the lock, then announces until the signal aborts. Throws when the lock or the database is lost, or something was not said. */
async function takeTurn(deps: ReviewDeps, ctx: Ctx, { signal, tries, onProgress }: Turn): Promise<void> {
  const client = await ctx.db.pool.connect();
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
    while (!ending.signal.aborted && !(await tryLock(client))) await pause(STANDBY_POLL_MS, ending.signal);
    if (ending.signal.aborted) return await over.promise;

    const kept = await startingPositions(client);
    const handOver = async (events: LoggedEvent[]) => {
      // The tail goes on to other spaces after a failure; what follows there waits for the next turn.
      if (ending.signal.aborted) return;
      await tell(deps, ctx, events, { signal: ending.signal, tries });
      if (ending.signal.aborted) return;
      await keepPosition(client, events.at(-1)!, kept);
      tries.failed = 0;
      onProgress();
    };
    const tail = await tailEvents({ db: ctx.db, log: ctx.log, from: new Map(kept) }, (events) =>
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

/** @throws what kept something from being said, unless it never passes */
async function tell(
  deps: ReviewDeps,
  ctx: Ctx,
  events: LoggedEvent[],
  { signal, tries }: Pick<Turn, "signal" | "tries">,
): Promise<void> {
  const untold = await announce(deps, ctx, events, signal);
  const [worst] = untold.toSorted((a, b) => Number(b.mayPass) - Number(a.mayPass));
  if (!worst) return;
  if (worst.mayPass) throw worst.error;
  tries.failed += 1;
  if (tries.failed < MOST_TRIES) throw worst.error;
  const [last] = events.slice(-1);
  for (const { error } of untold) {
    ctx.log.error({ error, spaceId: last?.spaceId, seq: last?.seq }, "assistant.review gave up on an announcement");
  }
}

async function tryLock(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ isMine: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('winnow chat announcer', 0)) as "isMine"`,
  );
  return rows[0]?.isMine ?? false;
}

/** A machine that vanished without a word frees the lock after about ten seconds, not after two hours. */
async function noticeDeathSoon(client: pg.ClientBase): Promise<void> {
  await client.query(
    "set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3; set tcp_user_timeout = 10000",
  );
}

/** How far the log was announced in each space; those that nobody has followed yet begin here and now. */
async function startingPositions(client: pg.ClientBase): Promise<Map<string, number>> {
  await client.query(
    "insert into log_readers (space_id, name, seq) select id, $1, event_seq from spaces on conflict do nothing",
    [READER],
  );
  const { rows } = await client.query<{ id: string; seq: number }>(
    "select space_id as id, seq::float8 as seq from log_readers where name = $1",
    [READER],
  );
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

/** Moves the position of the event's space. One that someone else moved means that the lock was lost: then it throws. */
async function keepPosition(client: pg.ClientBase, { spaceId, seq }: LoggedEvent, kept: Map<string, number>) {
  const { rowCount } = await client.query(
    `insert into log_readers (space_id, name, seq) values ($1, $2, $3)
     on conflict (space_id, name) do update set seq = excluded.seq where log_readers.seq = $4`,
    [spaceId, READER, seq, kept.get(spaceId) ?? 0],
  );
  if (rowCount === 0) throw new Error("Another process announces already; this one lost its turn.");
  kept.set(spaceId, seq);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
