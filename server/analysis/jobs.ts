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
  payload: z.object({
    spaceId: z.uuid(),
    runId: z.uuid(),
    lane: z.number().int().nonnegative(),
    /** How many batches of the run may be worked on at once: as long as it lasts, whatever becomes of the setting. */
    atOnce: z.number().int().positive().default(4),
  }),
  maxAttempts: 8,
  key: (payload) => `analysis.lane:${payload.runId}:${payload.lane}`,
});

/** Looks whether a run of a space is to start by itself: by its schedule, or because chats have enough that is new. */
export const lookForRuns = defineJob({
  name: "analysis.look",
  payload: z.object({ spaceId: z.uuid() }),
  maxAttempts: 3,
  key: (payload) => `analysis.look:${payload.spaceId}`,
});
