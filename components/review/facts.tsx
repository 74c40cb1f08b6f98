import Link from "next/link";
import type { ReactNode } from "react";

import { useSpacePath } from "#components/shell/space.tsx";
import { type Fact, FactList } from "#components/ui/fact-list.tsx";
import { Tags } from "#components/ui/tags.tsx";

import type { ProposalItem } from "./proposal.ts";
import { CATEGORY_WORDS, INTENT_WORDS, PRIORITY_WORDS, RELATION_WORDS } from "./words.ts";

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
    { name: "Also called", value: details.aliases.join(", ") },
    { name: "Says of others", value: details.links.length > 0 && <Links links={details.links} /> },
    { name: "Tags", value: details.tags.length > 0 && <Tags tags={details.tags} /> },
  ];
  return <FactList facts={facts} />;
}

function Links({ links }: { links: ProposalItem["details"]["links"] }) {
  const path = useSpacePath();
  return (
    <ul>
      {links.map(({ relation, to, title }) => (
        <li key={`${relation} ${to.id}`}>
          {RELATION_WORDS[relation]}{" "}
          <Link
            href={path(to.type === "note" ? `knowledge/${to.id}` : `review?proposal=${to.id}`)}
            className="inline-block min-h-6 text-accent-ink underline underline-offset-2"
          >
            {title}
          </Link>
        </li>
      ))}
    </ul>
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
