import { Api, GrammyError, HttpError } from "grammy";

import type { Db } from "#server/lib/db.ts";
import { appUrl, type Env } from "#server/lib/env.ts";
import type { Log } from "#server/lib/log.ts";
import type { Receiver } from "#server/messages/index.ts";

import { parseUpdate } from "./webhook.ts";

/** What we ask Telegram to send; its default leaves out reactions. */
const ALLOWED_UPDATES = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_message",
  "edited_business_message",
  "callback_query",
  "my_chat_member",
  "message_reaction",
] as const;

/** One process at a time asks for updates: Telegram answers a second one with 409. */
const POLLING_LOCK = 7_146_302;
const LONG_POLL_S = 25;
const PAUSE_MS = 2_000;
const LONGEST_PAUSE_S = 60;

export type TelegramConnection = { stop: () => Promise<void> };
type Deps = {
  env: Pick<Env, "TELEGRAM_BOT_TOKEN" | "TELEGRAM_MODE" | "TELEGRAM_API_ROOT" | "APP_URL" | "PORT">;
  db: Pick<Db, "pool">;
  log: Log;
  receiver: Receiver;
  secret: string;
};

/** The bot's own id: the number before the colon of its token; 0 where there is no bot. */
export function botIdOf(env: Pick<Env, "TELEGRAM_BOT_TOKEN">): string {
  return env.TELEGRAM_BOT_TOKEN?.match(/^\d+/)?.[0] ?? "0";
}

/** Connects the bot, if there is one: tells Telegram where to send updates, or goes and asks for them. */
export function startTelegram(deps: Deps): TelegramConnection {
  const { env, log } = deps;
  if (!env.TELEGRAM_BOT_TOKEN || env.TELEGRAM_MODE === "off") return { stop: async () => {} };
  const api = new Api(env.TELEGRAM_BOT_TOKEN, { apiRoot: env.TELEGRAM_API_ROOT, timeoutSeconds: LONG_POLL_S + 10 });
  const stopping = new AbortController();
  const running =
    env.TELEGRAM_MODE === "polling" ? poll(api, deps, stopping.signal) : register(api, deps, stopping.signal);
  const watched = running.catch((error: unknown) => log.error({ error: safe(error) }, "telegram.connect ended"));
  return {
    stop: async () => {
      stopping.abort();
      await watched;
    },
  };
}

async function register(api: Api, { env, log, secret }: Deps, signal: AbortSignal): Promise<void> {
  const base = appUrl({ ...env, APP_URL: env.APP_URL } as Env);
  if (!base.startsWith("https://")) {
    log.warn(
      "telegram.connect: Telegram sends updates to https only. Set APP_URL to an https address, or TELEGRAM_MODE=polling.",
    );
    return;
  }
  await persist(signal, log, () =>
    api.setWebhook(`${base}/api/telegram/webhook`, { secret_token: secret, allowed_updates: ALLOWED_UPDATES }),
  );
}

/** Long polling into the same door as the webhook: the offset moves on only after COMMIT. */
async function poll(api: Api, deps: Deps, signal: AbortSignal): Promise<void> {
  const { db, log, receiver } = deps;
  while (!signal.aborted) {
    const client = await db.pool.connect().catch(() => null);
    if (!client) {
      await pause(PAUSE_MS, signal);
      continue;
    }
    let lost: Error | undefined;
    client.on("error", (error) => (lost = error));
    try {
      const { rows } = await client.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [POLLING_LOCK]);
      if (!rows[0]?.mine) {
        await pause(PAUSE_MS, signal);
        continue;
      }
      await persist(signal, log, () => api.deleteWebhook());
      let offset = 0;
      while (!signal.aborted && !lost) {
        const updates = await persist(signal, log, () =>
          api.getUpdates({ offset, timeout: LONG_POLL_S, allowed_updates: ALLOWED_UPDATES }, signal as never),
        );
        for (const update of updates ?? []) {
          const arrived = parseUpdate(JSON.stringify(update));
          if (arrived) await untilStored(() => receiver.receive(arrived), signal);
        }
        const last = updates?.at(-1);
        if (last && !signal.aborted) offset = last.update_id + 1;
      }
    } catch (error) {
      log.warn({ error: safe(error) }, "telegram.poll lost the database; trying again");
      await pause(PAUSE_MS, signal);
    } finally {
      // Never back into the pool: with the connection goes the lock.
      client.release(true);
    }
  }
}

async function untilStored(receive: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await receive();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "AppError") throw error;
      await pause(PAUSE_MS, signal);
    }
  }
}

/** Asks again for as long as it takes, as slowly as Telegram wishes. @returns undefined when stopped */
async function persist<T>(signal: AbortSignal, log: Log, ask: () => Promise<T>): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) return undefined;
      const retryAfterS = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) : 0;
      log.warn({ error: safe(error), retryAfterS }, "telegram did not do as asked; trying again");
      await pause(Math.max(PAUSE_MS, Math.min(retryAfterS, LONGEST_PAUSE_S) * 1000), signal);
    }
  }
  return undefined;
}

/** What may be logged of an error: grammY's carry the request, and its URL the token. */
function safe(error: unknown): string {
  if (error instanceof GrammyError) return `${error.method}: ${error.error_code} ${error.description}`;
  if (error instanceof HttpError) return "Telegram could not be reached.";
  return error instanceof Error ? error.name : "unknown error";
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
