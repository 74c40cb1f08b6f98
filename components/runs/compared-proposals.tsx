import Link from "next/link";

import { KIND_WORDS, STATUS_WORDS } from "#components/review/words.ts";
import { useSpacePath } from "#components/shell/space.tsx";
import type { Outputs } from "#components/trpc/client.tsx";
import { Badge } from "#components/ui/badge.tsx";

type Compared = Outputs["runs"]["compare"];
type Proposal = Compared["onlyA"][number];

/** What both runs found: the one title where they agree on it, both where they do not. */
export function ComparedPairs({ pairs }: { pairs: Compared["both"] }) {
  return (
    <section>
      <h2 className="mb-2 text-sm font-medium text-muted">Both found ({pairs.length})</h2>
      {pairs.length === 0 && <p className="text-muted">Nothing.</p>}
      <ul className="divide-y">
        {pairs.map(({ a, b }) => (
          <li key={a.id} className="grid gap-x-4 gap-y-1 py-2 sm:grid-cols-2">
            <OneProposal proposal={a} />
            <OneProposal proposal={b} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ComparedList({ title, proposals }: { title: string; proposals: Proposal[] }) {
  return (
    <section>
      <h2 className="mb-2 text-sm font-medium text-muted">
        {title} ({proposals.length})
      </h2>
      {proposals.length === 0 && <p className="text-muted">Nothing.</p>}
      <ul className="divide-y">
        {proposals.map((proposal) => (
          <li key={proposal.id} className="py-2">
            <OneProposal proposal={proposal} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneProposal({ proposal }: { proposal: Proposal }) {
  const path = useSpacePath();
  const { label, tone } = STATUS_WORDS[proposal.status];
  return (
    <div className="flex min-w-0 items-start gap-2">
      <Link
        href={path(`review/${proposal.id}`)}
        className="min-h-6 min-w-0 flex-1 break-words underline decoration-line underline-offset-2 hover:decoration-ink"
      >
        <span className="text-muted">{KIND_WORDS[proposal.kind].one}:</span> {proposal.title}
      </Link>
      <Badge tone={tone}>{label}</Badge>
    </div>
  );
}
