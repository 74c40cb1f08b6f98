import { note } from "#server/lib/log.ts";
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

type Waiting = ArrivedUpdate & { resolve: () => void; reject: (error: unknown) => void };

/**
 * Stores updates with as few commits as they allow: one that arrives while no statement is in flight is stored at once;
 * those that arrive in the meantime share the next statement.
 */
export function createReceiver(deps: { db: Pick<Db, "pool">; log: Log; botId: string; now: Clock }): Receiver {
  let waiting: Waiting[] = [];
  let inFlight = false;

  const store = async (updates: Waiting[]) => {
    try {
      await insertUpdates(deps, updates);
      for (const update of updates) update.resolve();
    } catch (cause) {
      // One that Postgres will not take must not keep the others out.
      if (updates.length > 1) {
        for (const update of updates) await store([update]);
        return;
      }
      deps.log.error({ error: cause }, "messages.receive could not store an update");
      updates[0]?.reject(
        new AppError("unavailable", "The update could not be stored. It was not acknowledged; send it again.", {
          cause,
        }),
      );
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
        waiting.push({ ...update, resolve, reject });
        note({ waiting: waiting.length });
        if (!inFlight) void drain();
      }),
  };
}

/** One statement, one round trip, one COMMIT: the rows, and one drain job for each chat that got a new one. */
async function insertUpdates(
  { db, botId, now }: { db: Pick<Db, "pool">; botId: string; now: Clock },
  updates: ArrivedUpdate[],
): Promise<void> {
  await db.pool.query({
    name: "messages.receive",
    text: `with stored as (
             insert into inbound_updates (id, bot_id, update_id, chat_key, payload, received_at)
             select id, $1::bigint, update_id, chat_key, payload, $2::timestamptz
               from unnest($3::uuid[], $4::bigint[], $5::text[], $6::text[]) as u (id, update_id, chat_key, payload)
             on conflict do nothing
             returning chat_key
           ), lanes as (select distinct chat_key from stored)
           select graphile_worker.add_jobs(array_agg(
                    ('${telegramHandle.name}', json_build_object('chatKey', chat_key), null, null, ${telegramHandle.maxAttempts},
                     '${telegramHandle.name}:' || chat_key, null, null)::graphile_worker.job_spec))
             from lanes having count(*) > 0`,
    values: [
      botId,
      now(),
      updates.map(() => newId()),
      updates.map((update) => update.updateId),
      updates.map((update) => storable(update.chatKey)),
      updates.map((update) => storable(update.payload)),
    ],
  });
}

/** Postgres text holds neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll("\0", "�").toWellFormed();
}
