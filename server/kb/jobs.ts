import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Brings the commits of a knowledge base to its remote: all there are, in one go. */
export const kbPush = defineJob({
  name: "kb.push",
  payload: z.object({ spaceId: z.uuid() }),
  // With growing pauses this is about two days of a remote that does not answer.
  maxAttempts: 15,
  key: ({ spaceId }) => `kb.push:${spaceId}`,
});
