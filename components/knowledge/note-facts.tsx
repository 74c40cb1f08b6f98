"use client";

import Link from "next/link";

import { useSpacePath } from "#components/shell/space.tsx";
import { type Fact, FactList } from "#components/ui/fact-list.tsx";
import { Tags } from "#components/ui/tags.tsx";
import { Moment } from "#components/ui/time.tsx";

import type { Note } from "./note.ts";

/** What the front matter says, and the commit that wrote it. */
export function NoteFacts({ note }: { note: Note }) {
  const path = useSpacePath();
  const verified = note.verified.map((each) => `${each.name ?? each.by}${each.at ? `, ${each.at.slice(0, 10)}` : ""}`);
  const facts: Fact[] = [
    { name: "File", value: <code className="font-mono text-sm break-all">{note.path}</code> },
    {
      name: "Commit",
      value: (
        <span className="flex flex-wrap items-baseline gap-x-2">
          <Link
            href={path(`knowledge/${note.id}?view=history&commit=${note.commitHash}`)}
            className="font-mono text-sm break-all underline-offset-2 hover:underline"
          >
            {note.commitHash}
          </Link>
          <span className="text-muted">
            <Moment at={note.committedAt} />
            {note.isPushed !== null && (note.isPushed ? ", pushed" : ", not pushed")}
          </span>
        </span>
      ),
    },
    { name: "Verified by", value: verified.join("; ") },
    { name: "Proposed by", value: note.generatedBy },
    { name: "Status", value: note.status },
    { name: "Stale after", value: note.staleAfter },
    { name: "State", value: note.task?.state },
    { name: "Owner", value: note.task?.assignee },
    { name: "Due", value: note.task?.due },
    { name: "Priority", value: note.task?.priority },
    { name: "Category", value: note.task?.category },
    { name: "Tags", value: note.tags.length > 0 && <Tags tags={note.tags} /> },
    {
      name: "Proposal",
      value: note.proposalId && (
        <Link
          href={path(`review?status=approved&proposal=${note.proposalId}`)}
          className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2"
        >
          See how it was decided
        </Link>
      ),
    },
  ];
  return <FactList facts={facts} />;
}
