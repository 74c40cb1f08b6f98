"use client";

import Link from "next/link";
import type { ReactNode } from "react";

import { useSpacePath } from "#components/shell/space.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Moment } from "#components/ui/time.tsx";

import type { Note } from "./note.ts";

/** What the front matter says, and the commit that wrote it. */
export function NoteFacts({ note }: { note: Note }) {
  const path = useSpacePath();
  const verified = note.verified.map((each) => `${each.name ?? each.by}${each.at ? `, ${each.at.slice(0, 10)}` : ""}`);
  const facts: Array<[string, ReactNode]> = [
    ["File", <code className="font-mono text-sm break-all">{note.path}</code>],
    [
      "Commit",
      <span className="flex flex-wrap items-baseline gap-x-2">
        <code className="font-mono text-sm break-all">{note.commitHash}</code>
        <span className="text-muted">
          <Moment at={note.committedAt} />, {note.isPushed ? "pushed" : "not pushed"}
        </span>
      </span>,
    ],
    ["Verified by", verified.join("; ")],
    ["Proposed by", note.generatedBy],
    ["Status", note.status],
    ["State", note.task?.state],
    ["Owner", note.task?.assignee],
    ["Due", note.task?.due],
    ["Priority", note.task?.priority],
    ["Category", note.task?.category],
    [
      "Tags",
      note.tags.length > 0 && (
        <span className="flex flex-wrap gap-1">
          {note.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      ),
    ],
    [
      "Proposal",
      note.proposalId && (
        <Link
          href={path(`review?status=approved&proposal=${note.proposalId}`)}
          className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2"
        >
          See how it was decided
        </Link>
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
            <dd className="min-w-0">{value}</dd>
          </div>
        ))}
    </dl>
  );
}
