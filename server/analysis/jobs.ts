import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Cuts the window of a started run into batches and opens its lanes. */
export const prepareRun = defineJob({
  name: "analysis.prepare",
  payload: z.object({ spaceId: z.uuid(), runId: z.uuid() }),
  maxAttempts: 5,
  key: (payload) => `analysis.prepare:${payload.runId}`,
});

/** Takes batches of a run one after another until none is left. As many lanes as batches may be worked on at once. */
export const workLane = defineJob({
  name: "analysis.lane",
  payload: z.object({ spaceId: z.uuid(), runId: z.uuid(), lane: z.number().int().nonnegative() }),
  maxAttempts: 8,
  key: (payload) => `analysis.lane:${payload.runId}:${payload.lane}`,
});
