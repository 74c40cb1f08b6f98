import { z } from "zod";

import { defineJob } from "#server/jobs/index.ts";

/** Names a proposal. */
export type ProposalRef = { spaceId: string; proposalId: string };

/** Brings the KB to what the decisions on a proposal say. Asked after each of them, it does only what is still to do. */
export const applyProposal = defineJob({
  name: "proposals.apply",
  payload: z.object({ spaceId: z.uuid(), proposalId: z.uuid() }),
  maxAttempts: 8,
  key: (payload) => `proposals.apply:${payload.proposalId}`,
  atHome: true,
});

/** Brings what one reviewer approved in a session into the KB, as one commit. Asked again while the session goes on, it waits for its end. */
export const applySession = defineJob({
  name: "proposals.applySession",
  payload: z.object({
    spaceId: z.uuid(),
    /** Who decided, in one word (`actorRef`). */
    reviewer: z.string(),
  }),
  maxAttempts: 8,
  key: ({ spaceId, reviewer }) => `proposals.applySession:${spaceId}:${reviewer}`,
  atHome: true,
});

/** Lets the rules of a space approve what they are for, of what was just proposed. */
export const applyRulesJob = defineJob({
  name: "proposals.applyRules",
  payload: z.object({ spaceId: z.uuid(), proposalIds: z.array(z.uuid()).min(1) }),
  maxAttempts: 8,
});
