import type { ReactNode } from "react";

import { type Fact, FactList } from "#components/ui/fact-list.tsx";
import { Tags } from "#components/ui/tags.tsx";

import type { ProposalItem } from "./proposal.ts";
import { CATEGORY_WORDS, INTENT_WORDS, PRIORITY_WORDS } from "./words.ts";

/** The fields that become front matter. Those without a value are left out, except the ones that a task is expected to have. */
export function Facts({ proposal }: { proposal: ProposalItem }) {
  const { details } = proposal;
  const isTask = details.noteType === "Task";
  const facts: Fact[] = [
    { name: "Type", value: details.noteType },
    { name: "Topic", value: details.topic },
    { name: "Owner", value: details.assignee?.name ?? (isTask && <None>nobody named</None>) },
    {
      name: "Due",
      value: details.due ? (
        <time dateTime={details.due} suppressHydrationWarning>
          {dueInWords(details.due)}
        </time>
      ) : (
        isTask && <None>no date named</None>
      ),
    },
    { name: "Priority", value: details.priority && PRIORITY_WORDS[details.priority] },
    { name: "Category", value: details.category && CATEGORY_WORDS[details.category] },
    { name: "Rests on", value: details.intent === "statement" ? null : INTENT_WORDS[details.intent] },
    { name: "Tags", value: details.tags.length > 0 && <Tags tags={details.tags} /> },
  ];
  return <FactList facts={facts} />;
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
