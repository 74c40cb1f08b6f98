import { createHash } from "node:crypto";

import { type Handler, handle } from "#server/jobs/index.ts";
import type { Env } from "#server/lib/env.ts";
import { telegramHandle } from "#server/messages/index.ts";

import { createBotName } from "./bot-name.ts";
import { botIdOf } from "./connect.ts";
import { type Ears, noEars } from "./ears.ts";
import { type Drain, handleLane } from "./handle.ts";
import { listedIn } from "./listed.ts";

type DrainEnv = Pick<Env, "TELEGRAM_ALLOWED_USER_IDS" | "TELEGRAM_BOT_TOKEN" | "TELEGRAM_API_ROOT">;

/**
 * What happens to updates after they were stored.
 * @param ears who listens to people that may be heard; nobody, where it is left out
 */
export function telegramHandlers(env: DrainEnv, ears: Ears = noEars): Handler[] {
  const drain: Drain = { allowedUserIds: listedIn(env), bot: botOf(env), ears };
  return [handle(telegramHandle, (ctx, payload, { signal }) => handleLane(drain, ctx, { ...payload, signal }))];
}

function botOf(env: DrainEnv): Drain["bot"] {
  if (!env.TELEGRAM_BOT_TOKEN) return null;
  let botName: (() => Promise<string | null>) | undefined;
  return {
    id: botIdOf(env),
    name: (ctx) => (botName ??= createBotName(env, ctx))(),
    // What nobody knows but who runs the bot, and nothing of which can be told from it.
    secret: createHash("sha256").update(`winnow door ${env.TELEGRAM_BOT_TOKEN}`).digest("base64url"),
  };
}
