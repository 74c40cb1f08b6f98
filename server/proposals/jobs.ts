import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Brings the KB to what the decisions on a proposal say. Asked after each of them, it does only what is still to do. */
export const applyProposal = defineJob({
  name: "proposals.apply",
  payload: z.object({ spaceId: z.uuid(), proposalId: z.uuid() }),
  maxAttempts: 8,
  key: (payload) => `proposals.apply:${payload.proposalId}`,
});
