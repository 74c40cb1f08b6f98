import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Looks through the knowledge base of a space for what may not hold any more. */
export const sweepJob = defineJob({
  name: "analysis.sweep",
  payload: z.object({ spaceId: z.uuid() }),
  maxAttempts: 4,
  key: ({ spaceId }) => `analysis.sweep:${spaceId}`,
});
