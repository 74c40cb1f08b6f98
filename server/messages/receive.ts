import pg from "pg";

import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { Log } from "#server/lib/log.ts";

import { telegramHandle } from "./jobs.ts";

/** An update as it came in: its JSON text, and the two facts needed to store it. */
export type ArrivedUpdate = { updateId: number; chatKey: string; payload: string };

export type Receiver = {
  /**
   * Stores an update with the job that will handle it; resolves after COMMIT. The same update again changes nothing.
   * @throws AppError `unavailable` when it could not be stored: the sender must try again
   */
  receive: (update: ArrivedUpdate) => Promise<void>;
};

/** A statement holds at most this many updates. */
const BATCH_SIZE = 500;
/** More than this may not wait in memory: then senders are told at once to come again. */
const MOST_WAITING = 10_000;
/** A database that does not answer is not waited for any longer; what it does store later is no harm, as updates are stored once. */
const PATIENCE_MS = 10_000;

type Waiting = ArrivedUpdate & { resolve: () => void; reject: (error: unknown) => void };

/**
 * Stores updates with as few commits as they allow: one that arrives while no statement is in flight is stored at once;
 * those that arrive in the meantime share the next statement.
 */
export function createReceiver(deps: { db: Pick<Db, "pool">; log: Log; botId: string; now: Clock }): Receiver {
  let waiting: Waiting[] = [];
  let inFlight = false;

  const store = async (updates: Waiting[]): Promise<void> => {
    try {
      await withPatience(insertUpdates(deps, updates));
      for (const update of updates) update.resolve();
    } catch (cause) {
      // One that Postgres will not take must not keep the others out.
      if (updates.length > 1 && isAboutTheData(cause)) {
        for (const update of updates) await store([update]);
        return;
      }
      deps.log.error({ error: cause, updates: updates.length }, "messages.receive could not store updates");
      for (const update of updates) update.reject(notStored(cause));
    }
  };

  const drain = async () => {
    inFlight = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_SIZE);
      waiting = waiting.slice(BATCH_SIZE);
      await store(batch);
    }
    inFlight = false;
  };

  return {
    receive: (update) =>
      new Promise<void>((resolve, reject) => {
        if (waiting.length >= MOST_WAITING) {
          reject(notStored());
          return;
        }
        waiting.push({ ...update, resolve, reject });
        if (!inFlight) void drain();
      }),
  };
}

/**
 * One statement, one round trip, one COMMIT: the rows, and one drain job for each chat that got a new one.
 * A job that waits for its turn anyway is only held until COMMIT, so that no worker takes it before it can see the new rows:
 * written again by the queue it would cost more than all the rest. A worker that passed it by meanwhile is woken, by the same
 * notification that the queue sends for a job that it adds; without it the worker would find the job at its next poll, in a second.
 */
const STORE = `
  with stored as (
    insert into inbound_updates (id, bot_id, update_id, chat_key, payload, received_at)
    select id, $1::bigint, update_id, chat_key, payload, $2::timestamptz
      from unnest($3::uuid[], $4::bigint[], $5::text[], $6::text[]) as u (id, update_id, chat_key, payload)
    on conflict do nothing
    returning chat_key
  ), lanes as (
    select distinct chat_key, '${telegramHandle.name}:' || chat_key as key from stored
  ), held as (
    select key from graphile_worker._private_jobs
     where key in (select key from lanes) and is_available and run_at <= now() order by key for update
  ), added as (
    select graphile_worker.add_jobs(array_agg(
             ('${telegramHandle.name}', json_build_object('chatKey', chat_key), null, null, ${telegramHandle.maxAttempts},
              key, null, null)::graphile_worker.job_spec order by key))
      from lanes where key not in (select key from held) having count(*) > 0
  )
  select case (select count(*) from added)
           when 0 then pg_notify('jobs:insert', '{"r":' || random() || ',"count":1}')
         end
    from lanes limit 1`;

async function insertUpdates(
  { db, botId, now }: { db: Pick<Db, "pool">; botId: string; now: Clock },
  updates: ArrivedUpdate[],
): Promise<void> {
  // Everyone locks in the same order, so that two processes with the same updates do not wait for each other.
  const inOrder = updates.toSorted((a, b) => a.updateId - b.updateId);
  await db.pool.query({
    name: "messages.receive",
    text: STORE,
    values: [
      botId,
      now(),
      inOrder.map(() => newId()),
      inOrder.map((update) => update.updateId),
      inOrder.map((update) => storable(update.chatKey)),
      inOrder.map((update) => storable(update.payload)),
    ],
  });
}

/** Rejects when the database takes longer than anyone will wait. */
async function withPatience(statement: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer from the database in ${PATIENCE_MS} ms.`)), PATIENCE_MS);
  });
  try {
    await Promise.race([statement, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether Postgres refused what it was given, rather than not being there, or being busy with someone else's. */
function isAboutTheData(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(?:22|23|40|54)/.test(error.code ?? "");
}

function notStored(cause?: unknown): AppError {
  return new AppError("unavailable", "The update could not be stored. It was not acknowledged; send it again.", {
    cause,
  });
}

/** Postgres text holds neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll("\0", "�").toWellFormed();
}
