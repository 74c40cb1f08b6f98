import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Does what a person asked to be done with notes: the operation's row says what. */
export const writeNotes = defineJob({
  name: "knowledge.write",
  payload: z.object({ spaceId: z.uuid(), operationId: z.uuid() }),
  maxAttempts: 8,
  key: ({ operationId }) => `knowledge.write:${operationId}`,
  atHome: true,
});

/** Gives the parts of a space's notes their vectors, where the model that says what they mean has not read them yet. */
export const embedChunks = defineJob({
  name: "knowledge.embed",
  payload: z.object({ spaceId: z.uuid() }),
  maxAttempts: 5,
  key: ({ spaceId }) => `knowledge.embed:${spaceId}`,
});
