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
