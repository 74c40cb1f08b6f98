import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/**
 * Handles what has arrived in one lane (a chat), in order. Several updates of a chat share one job; its handler is in `telegram`.
 */
export const telegramHandle = defineJob({
  name: "telegram.handle",
  payload: z.object({ chatKey: z.string() }),
  maxAttempts: 10,
  key: (payload) => `telegram.handle:${payload.chatKey}`,
});
