import { type Handler, handle } from "#server/jobs/index.ts";
import type { Kbs } from "#server/kb/index.ts";

import { applyDecisions } from "./apply.ts";
import { applyProposal } from "./jobs.ts";

/** What follows a decision. */
export function proposalHandlers(deps: { kbs: Kbs }): Handler[] {
  return [handle(applyProposal, (ctx, payload) => applyDecisions(deps, ctx, payload))];
}
