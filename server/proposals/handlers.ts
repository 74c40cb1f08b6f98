import { type Handler, handle } from "#server/jobs/index.ts";
import type { Kbs } from "#server/kb/index.ts";

import { applyDecisions } from "./apply.ts";
import { applyProposal, applyRulesJob, applySession } from "./jobs.ts";
import { applyRules } from "./rules/work.ts";
import { commitSession, joinSession } from "./session.ts";

/** What follows a decision. */
export function proposalHandlers(deps: { kbs: Kbs }): Handler[] {
  return [
    handle(applyProposal, async (ctx, payload) => {
      if (!(await joinSession(ctx, payload))) await applyDecisions(deps, ctx, payload);
    }),
    handle(applyRulesJob, (ctx, payload) => applyRules(ctx, payload)),
    handle(applySession, (ctx, payload) => commitSession(deps, ctx, payload)),
  ];
}
