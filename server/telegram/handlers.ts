import { type Handler, handle } from "#server/jobs/index.ts";
import type { Env } from "#server/lib/env.ts";
import { telegramHandle } from "#server/messages/index.ts";

import { handleLane } from "./handle.ts";

/** What happens to updates after they were stored. */
export function telegramHandlers(env: Pick<Env, "TELEGRAM_ALLOWED_USER_IDS">): Handler[] {
  const listed = env.TELEGRAM_ALLOWED_USER_IDS?.split(",").map((id) => id.trim());
  const policy = { allowedUserIds: listed ? new Set(listed) : null };
  return [handle(telegramHandle, (ctx, payload) => handleLane(policy, ctx, payload))];
}
