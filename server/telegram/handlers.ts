import { type Handler, handle } from "#server/jobs/index.ts";
import type { Env } from "#server/lib/env.ts";
import { telegramHandle } from "#server/messages/index.ts";

import { handleLane, type Policy } from "./handle.ts";

/** What happens to updates after they were stored. */
export function telegramHandlers(env: Pick<Env, "TELEGRAM_ALLOWED_USER_IDS">): Handler[] {
  const policy = policyOf(env);
  return [handle(telegramHandle, (ctx, payload, { signal }) => handleLane(policy, ctx, { ...payload, signal }))];
}

function policyOf({ TELEGRAM_ALLOWED_USER_IDS: listed }: Pick<Env, "TELEGRAM_ALLOWED_USER_IDS">): Policy {
  const ids = listed?.split(/[\s,]+/).filter(Boolean);
  return { allowedUserIds: ids ? new Set(ids) : null };
}
