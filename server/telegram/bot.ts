import { Api } from "grammy";

import type { Bot, BotState } from "#server/channels/index.ts";
import { appUrl, type Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

import { createBotName } from "./bot-name.ts";
import { listedIn } from "./listed.ts";
import { WEBHOOK_PATH } from "./connect.ts";
import { checkWebhook, webhookSentences } from "./webhook-health.ts";

const PATIENCE_S = 5;
/** Pages are opened more often than anything changes. */
const REMEMBERED_MS = 15_000;

type BotEnv = Pick<
  Env,
  "TELEGRAM_BOT_TOKEN" | "TELEGRAM_API_ROOT" | "TELEGRAM_MODE" | "TELEGRAM_ALLOWED_USER_IDS" | "APP_URL" | "PORT"
>;

/** What the dashboard may ask of the bot, if there is one. */
export function createBot(env: BotEnv, deps: { log: Log; now: () => Date }): Bot {
  const name = createBotName(env, deps);
  let seen: { at: number; state: BotState } | undefined;
  return {
    name,
    look: async ({ signal }) => {
      const at = deps.now().getTime();
      if (seen && at - seen.at < REMEMBERED_MS) return seen.state;
      const state = await lookAtBot(env, name, signal);
      seen = { at, state };
      return state;
    },
  };
}

async function lookAtBot(env: BotEnv, nameOf: Bot["name"], signal: AbortSignal): Promise<BotState> {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, TELEGRAM_MODE: mode } = env;
  const listed = listedIn(env)?.size ?? 0;
  if (!token || mode === "off") {
    const why = token ? "TELEGRAM_MODE is off, so the bot hears and says nothing." : NO_TOKEN;
    return { isSetUp: false, name: null, mode: "off", listed, sentences: [why] };
  }
  const name = await nameOf();
  const state = { isSetUp: true, name, mode, listed };
  try {
    const url = appUrl(env) + WEBHOOK_PATH;
    const health = await checkWebhook(new Api(token, { apiRoot, timeoutSeconds: PATIENCE_S }), { url, signal });
    // Whoever polls has no webhook, and needs none.
    const found = mode === "polling" ? { ...health, isUrlOurs: true, missingUpdates: [], lastErrorText: null } : health;
    return { ...state, sentences: webhookSentences(found) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...state, sentences: [error.message] };
  }
}

const NO_TOKEN =
  "No bot is set up. Make one with @BotFather, set TELEGRAM_BOT_TOKEN and start Winnow again. The chat in the dashboard works without one.";
