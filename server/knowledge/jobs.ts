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

/** Makes the parts of the notes that have changed, and gives them their vectors where there is a model that says what they mean. */
export const prepareSearch = defineJob({
  name: "knowledge.embed",
  payload: z.object({ spaceId: z.uuid() }),
  maxAttempts: 5,
  key: ({ spaceId }) => `knowledge.embed:${spaceId}`,
});
