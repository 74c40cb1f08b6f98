import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Brings the commits of a knowledge base to its remote: all there are, in one go. What does not go through is left to the timer's sync. */
export const kbPush = defineJob({
  name: "kb.push",
  payload: z.object({ spaceId: z.uuid() }),
  maxAttempts: 3,
  key: ({ spaceId }) => `kb.push:${spaceId}`,
  atHome: true,
});

/** Brings folder, branch, remote and rows in step. */
export const kbSync = defineJob({
  name: "kb.sync",
  payload: z.object({
    spaceId: z.uuid(),
    /** Whether a person waits for it. */
    isAsked: z.boolean(),
  }),
  maxAttempts: 3,
  key: ({ spaceId }) => `kb.sync:${spaceId}`,
  atHome: true,
});

/** Writes what a person decided about a conflict. */
export const kbResolve = defineJob({
  name: "kb.resolve",
  payload: z.object({ spaceId: z.uuid(), conflictId: z.uuid() }),
  maxAttempts: 8,
  key: ({ conflictId }) => `kb.resolve:${conflictId}`,
  atHome: true,
});
