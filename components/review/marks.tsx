import { Badge } from "#components/ui/badge.tsx";

import type { ProposalItem } from "./proposal.ts";
import { RECOMMENDATION_WORDS } from "./words.ts";

/** What to know of a proposal before reading it: that no quote holds, that it was missed, that something like it is there. */
export function Marks({ proposal }: { proposal: ProposalItem }) {
  const { hasEvidence, isMissed, recommendation, status, autoRuleName } = proposal;
  return (
    <>
      {!hasEvidence && <Badge tone="warning">no evidence</Badge>}
      {isMissed && <Badge tone="accent">missed</Badge>}
      {status === "pending" && recommendation !== "new" && (
        <Badge tone="outline">{RECOMMENDATION_WORDS[recommendation].short}</Badge>
      )}
      {autoRuleName !== null && <Badge tone="outline">by a rule</Badge>}
    </>
  );
}
