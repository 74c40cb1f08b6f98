import type { ReactNode } from "react";

import { Badge } from "#components/ui/badge.tsx";

import type { ProposalItem } from "./proposal.ts";
import { CATEGORY_WORDS, INTENT_WORDS, PRIORITY_WORDS } from "./words.ts";

/** The fields that become front matter. Those without a value are left out, except the ones that a task is expected to have. */
export function Facts({ proposal }: { proposal: ProposalItem }) {
  const { details } = proposal;
  const isTask = details.noteType === "Task";
  const facts: Array<[string, ReactNode]> = [
    ["Type", details.noteType],
    ["Topic", details.topic],
    ["Owner", details.assignee?.name ?? (isTask ? <None>nobody named</None> : null)],
    [
      "Due",
      details.due ? (
        <time dateTime={details.due}>{dueInWords(details.due)}</time>
      ) : isTask ? (
        <None>no date named</None>
      ) : null,
    ],
    ["Priority", details.priority && PRIORITY_WORDS[details.priority]],
    ["Category", details.category && CATEGORY_WORDS[details.category]],
    ["Rests on", details.intent === "statement" ? null : INTENT_WORDS[details.intent]],
    [
      "Tags",
      details.tags.length > 0 && (
        <span className="flex flex-wrap gap-1">
          {details.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      ),
    ],
  ];
  return (
    <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-3 gap-y-1">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-muted">{name}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

const None = ({ children }: { children: ReactNode }) => <span className="text-muted">{children}</span>;

/** A calendar day, the same whatever the zone: "Thursday 26 November 2026". */
function dueInWords(day: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC",
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(new Date(`${day}T00:00:00Z`));
}
