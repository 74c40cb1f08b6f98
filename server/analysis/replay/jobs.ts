import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Reads each batch of a replay whose turn is this lane's: the first, and then every so-many-th. */
export const replayLane = defineJob({
  name: "analysis.replay",
  payload: z.object({
    spaceId: z.uuid(),
    replayId: z.uuid(),
    lane: z.number().int().nonnegative(),
    lanes: z.number().int().positive(),
  }),
  maxAttempts: 6,
  key: ({ replayId, lane }) => `analysis.replay:${replayId}:${lane}`,
});
