import { Age } from "#components/ui/time.tsx";

import type { ProposalDetail, ProposalItem } from "./proposal.ts";

const ACTION_WORDS = {
  edited: "edited it",
  approved: "approved it",
  rejected: "rejected it",
  merged: "merged it",
  reopened: "put it back",
} as const satisfies Record<ProposalDetail["history"][number]["action"], string>;

/** Everything that was done to a proposal, newest first, and where it came from. */
export function History({ proposal, history }: { proposal: ProposalItem; history: ProposalDetail["history"] }) {
  return (
    <ol className="flex flex-col gap-1.5 text-sm">
      {history.map((decision) => (
        <li key={decision.id} className="flex flex-wrap gap-x-2">
          <span>
            <span className="font-medium">{decision.actorName}</span> {ACTION_WORDS[decision.action]}
            {decision.reason && <span className="text-soft">: {decision.reason}</span>}
          </span>
          <Age at={decision.at} inWords className="text-muted" />
        </li>
      ))}
      <li className="flex flex-wrap gap-x-2">
        <span>
          {proposal.generatedBy === "rules" ? (
            "The rules proposed it"
          ) : (
            <>
              <span className="font-medium">{proposal.generatedBy}</span> proposed it
            </>
          )}
        </span>
        <Age at={proposal.createdAt} inWords className="text-muted" />
      </li>
    </ol>
  );
}
