import { type Api, GrammyError } from "grammy";
import type { PoolClient } from "pg";

import type { Db } from "#server/lib/db.ts";
import type { Log } from "#server/lib/log.ts";
import type { Receiver } from "#server/messages/index.ts";

import { ALLOWED_UPDATES } from "./allowed-updates.ts";
import { pause, untilAnswered } from "./asking.ts";
import { parseUpdate } from "./webhook.ts";

/** One process at a time asks for updates: Telegram answers a second one with 409. The key of an advisory lock. */
const POLLING_LOCK = 7_146_302;
/** How often a process asks whether it is its turn, and how long it waits after a failure. */
const RETRY_MS = 2_000;

type Deps = {
  api: Api;
  db: Pick<Db, "pool">;
  log: Log;
  receiver: Receiver;
  longPollS: number;
  firstPauseMs: number;
};

/** Long polling into the same door as the webhook, in one process of all that run this, until stopped. */
export async function poll(deps: Deps, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    let client: PoolClient | undefined;
    // The lock lives and dies with its connection.
    const lost = new AbortController();
    try {
      client = await deps.db.pool.connect();
      client.on("error", () => lost.abort());
      if (await becomePoller(client, stopping)) await pollWhile(deps, AbortSignal.any([stopping, lost.signal]));
    } catch (error) {
      deps.log.warn({ error }, "telegram.poll has no database; trying again");
    } finally {
      client?.release(true);
    }
    await pause(RETRY_MS, stopping);
  }
}

/** @returns false when stopped before it was our turn */
async function becomePoller(client: PoolClient, stopping: AbortSignal): Promise<boolean> {
  while (!stopping.aborted) {
    const { rows } = await client.query<{ isOurs: boolean }>('select pg_try_advisory_lock($1) as "isOurs"', [
      POLLING_LOCK,
    ]);
    if (rows[0]?.isOurs) return true;
    await pause(RETRY_MS, stopping);
  }
  return false;
}

async function pollWhile({ api, log, receiver, longPollS, firstPauseMs }: Deps, signal: AbortSignal): Promise<void> {
  let isWebhookGone = false;
  let offset: number | undefined;
  const nextUpdates = async () => {
    // While Telegram has a webhook it refuses to be polled, also when someone sets one later.
    if (!isWebhookGone) await api.deleteWebhook({}, signalOf(signal));
    isWebhookGone = true;
    const wanted = {
      timeout: longPollS,
      allowed_updates: ALLOWED_UPDATES,
      ...(offset === undefined ? {} : { offset }),
    };
    try {
      return await api.getUpdates(wanted, signalOf(signal));
    } catch (error) {
      if (error instanceof GrammyError && error.error_code === 409) isWebhookGone = false;
      throw error;
    }
  };
  while (!signal.aborted) {
    const updates = await untilAnswered({ log, signal, firstPauseMs }, "getUpdates", nextUpdates);
    if (!updates) return;
    if (await storeAll(receiver, updates)) {
      // After an answer to an offset everything before it is forgotten there. Ids start anew after a quiet week, lower perhaps
      // than the offset, so it is named only to confirm.
      offset = updates.length === 0 ? undefined : Math.max(...updates.map((update) => update.update_id)) + 1;
    } else {
      // Asked for again: Telegram forgets updates only when a higher offset says that they are here.
      await pause(RETRY_MS, signal);
    }
  }
}

/** @returns whether all are stored for good */
async function storeAll(receiver: Receiver, updates: object[]): Promise<boolean> {
  const arrived = updates.map((update) => parseUpdate(JSON.stringify(update))).filter((update) => update !== null);
  const results = await Promise.allSettled(arrived.map((update) => receiver.receive(update)));
  return results.every((result) => result.status === "fulfilled");
}

/** grammY's types name the AbortSignal of a package for old Node versions; Node's own does the same. */
export function signalOf(signal: AbortSignal): Parameters<Api["getUpdates"]>[1] {
  return signal as Parameters<Api["getUpdates"]>[1];
}
