import { Api } from "grammy";

import type { Db } from "#server/lib/db.ts";
import { appUrl, type Env } from "#server/lib/env.ts";
import type { Log } from "#server/lib/log.ts";
import type { Receiver } from "#server/messages/index.ts";

import { ALLOWED_UPDATES } from "./allowed-updates.ts";
import { untilAnswered } from "./asking.ts";
import { type CommandList, registerCommands } from "./commands.ts";
import { poll, signalOf } from "./poll.ts";

/** Where Telegram sends updates to. */
export const WEBHOOK_PATH = "/api/telegram/webhook";

const TIMING = {
  longPollS: 25,
  /** How much longer than it may take an answer is waited for: then the connection hangs. */
  hangS: 10,
  /** After the first failure of a call. */
  firstPauseMs: 1_000,
};

type Deps = {
  env: Pick<Env, "TELEGRAM_BOT_TOKEN" | "TELEGRAM_MODE" | "TELEGRAM_API_ROOT" | "APP_URL" | "PORT">;
  db: Pick<Db, "pool">;
  log: Log;
  /** Where polled updates go: the same door as the webhook's. */
  receiver: Receiver;
  /** What Telegram must send along with updates; see `webhookSecret`. */
  secret: string;
  /** What the bot offers, by kind of chat and language. */
  commands: CommandList[];
  /** Shorter ones are for tests. */
  timing?: typeof TIMING;
};

/** The bot's own id: the number before the colon of its token; 0 where there is no bot. */
export function botIdOf(env: Pick<Env, "TELEGRAM_BOT_TOKEN">): string {
  return env.TELEGRAM_BOT_TOKEN?.match(/^\d+/)?.[0] ?? "0";
}

/**
 * Connects the bot, if there is one: tells Telegram where to send updates, or goes and asks for them (`TELEGRAM_MODE`).
 * Returns at once; what Telegram refuses is asked for again.
 */
export function startTelegram(deps: Deps): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const connected = connect(deps, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await connected;
    },
  };
}

async function connect(deps: Deps, signal: AbortSignal): Promise<void> {
  const { env, db, log, receiver, commands, timing = TIMING } = deps;
  if (!env.TELEGRAM_BOT_TOKEN || env.TELEGRAM_MODE === "off") return;
  const api = new Api(env.TELEGRAM_BOT_TOKEN, {
    apiRoot: env.TELEGRAM_API_ROOT,
    timeoutSeconds: timing.longPollS + timing.hangS,
  });
  // Beside the rest: updates come also where no command can be offered.
  const registered = registerCommands({ log, signal, ...timing }, api, commands);
  if (env.TELEGRAM_MODE === "polling") {
    await Promise.all([registered, poll({ api, db, log, receiver, ...timing }, signal)]);
    return;
  }
  await Promise.all([registered, receiveByWebhook(deps, api, signal)]);
}

async function receiveByWebhook(deps: Deps, api: Api, signal: AbortSignal): Promise<void> {
  const { env, log, secret, timing = TIMING } = deps;
  const url = appUrl(env) + WEBHOOK_PATH;
  if (!url.startsWith("https://")) {
    log.warn(
      { url },
      "telegram.connect: no updates will come, because Telegram sends them to https addresses only. Set APP_URL to one, or TELEGRAM_MODE to polling.",
    );
    return;
  }
  const isSet = await untilAnswered({ log, signal, ...timing }, "setWebhook", () =>
    api.setWebhook(url, { secret_token: secret, allowed_updates: ALLOWED_UPDATES }, signalOf(signal)),
  );
  if (isSet) log.info({ url }, "telegram.connect: Telegram sends updates here");
}
