import { Api } from "grammy";

import type { Env } from "#server/lib/env.ts";
import type { Log } from "#server/lib/log.ts";

const PATIENCE_S = 5;
/** After a failure it is not asked for again that soon: whoever wants to know must not wait each time. */
const PAUSE_MS = 60_000;

/**
 * Asks Telegram what the bot is called, once: without the @.
 * @returns a function that gives null where there is no bot, and while Telegram does not say
 */
export function createBotName(
  env: Pick<Env, "TELEGRAM_BOT_TOKEN" | "TELEGRAM_API_ROOT">,
  { log, now }: { log: Log; now: () => Date },
): () => Promise<string | null> {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot } = env;
  if (!token) return async () => null;
  const api = new Api(token, { apiRoot, timeoutSeconds: PATIENCE_S });
  let asked: { name: Promise<string | null>; at: number; isInVain: boolean } | undefined;
  const ask = () => {
    const asking = { name: Promise.resolve<string | null>(null), at: now().getTime(), isInVain: false };
    asking.name = api.getMe().then(
      ({ username }) => username,
      (error: unknown) => {
        asking.isInVain = true;
        // The error itself carries the request, and its address the token.
        log.warn({ reason: error instanceof Error ? error.name : "unknown" }, "telegram.botName is not known for now");
        return null;
      },
    );
    return asking;
  };
  return () => {
    const mayAskAgain = asked?.isInVain === true && now().getTime() - asked.at >= PAUSE_MS;
    asked = mayAskAgain || !asked ? ask() : asked;
    return asked.name;
  };
}
