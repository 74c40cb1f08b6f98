import { analysisHandlers } from "#server/analysis/handlers.ts";
import { assistantHandlers } from "#server/assistant/handlers.ts";
import { type AssistantDeps, edited, hear, reacted, stop, tap } from "#server/assistant/index.ts";
import { accessHandlers, type Channels, createWebChannel } from "#server/channels/index.ts";
import type { Handler } from "#server/jobs/index.ts";
import { kbHandlers } from "#server/kb/handlers.ts";
import { knowledgeHandlers } from "#server/knowledge/handlers.ts";
import { embedderOf } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Env } from "#server/lib/env.ts";
import { proposalHandlers } from "#server/proposals/handlers.ts";
import { telegramHandlers } from "#server/telegram/handlers.ts";
import { createTelegramChannel } from "#server/telegram/index.ts";

/** Everywhere that Winnow can speak: in the dashboard, and in Telegram where it has a bot. */
export function openChannels(env: Env, { db, log, now }: Pick<Ctx, "db" | "log" | "now">): Channels {
  const token = env.TELEGRAM_MODE === "off" ? undefined : env.TELEGRAM_BOT_TOKEN;
  return {
    web: createWebChannel({ db, now }),
    ...(token ? { telegram: createTelegramChannel({ token, apiRoot: env.TELEGRAM_API_ROOT, log }) } : {}),
  };
}

/** What a worker can do, all modules together. */
export function createHandlers(env: Env, deps: AssistantDeps): Handler[] {
  const { channels, kbs, llm } = deps;
  return [
    ...telegramHandlers(env, { hear, edited, tap, stop, reacted }),
    ...accessHandlers({ channels }),
    ...assistantHandlers(deps),
    ...analysisHandlers({ llm }),
    ...proposalHandlers({ kbs }),
    ...kbHandlers({ kbs }),
    ...knowledgeHandlers({ kbs, embedder: (ctx, spaceId) => embedderOf({ llm }, ctx, { spaceId }) }),
  ];
}
