"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Moment } from "#components/ui/time.tsx";

import type { ProposalItem } from "./proposal.ts";

/** The note that is no longer so with this proposal: what it says, and the words that it rests on. */
export function Replaced({
  proposal,
  retires,
}: {
  proposal: ProposalItem;
  retires: NonNullable<ProposalItem["details"]["retires"]>;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: note, error } = useQuery(
    trpc.knowledge.note.queryOptions({ spaceId: space.id, noteId: retires.noteId }),
  );
  const happens = proposal.status === "pending" ? "With the approval it is marked" : "With an approval it is marked";
  return (
    <div className="flex flex-col gap-2 border-l-2 border-warning pl-3">
      <p>
        <Link
          href={path(`knowledge/${retires.noteId}`)}
          className="font-medium text-accent-ink underline underline-offset-2"
        >
          {note?.title ?? retires.title}
        </Link>
        {note && <span className="text-muted"> {note.type}</span>}
      </p>
      {!note && !error && <SkeletonRows rows={2} />}
      {error && <p className="text-muted">That note is not there any more: “{retires.title}”.</p>}
      {note && (
        <>
          {note.text && <Prose text={note.text} className="line-clamp-6 text-soft" />}
          <OldQuotes note={note} />
        </>
      )}
      <p className="text-sm text-muted">{happens} as no longer true, in the same commit. An undo puts it back.</p>
    </div>
  );
}

/** What was quoted for the note that is replaced. */
function OldQuotes({ note }: { note: Outputs["knowledge"]["note"] }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useQuery(
    trpc.proposals.byId.queryOptions(
      { spaceId: space.id, proposalId: note.proposalId ?? "" },
      { enabled: note.proposalId !== null },
    ),
  );
  if (!data || data.evidence.length === 0) return null;
  return (
    <ul className="flex flex-col gap-2" aria-label="What was said before">
      {data.evidence.map((evidence) => (
        <li key={evidence.id}>
          <blockquote className="break-words whitespace-pre-wrap">“{evidence.quote}”</blockquote>
          <p className="flex flex-wrap gap-x-2 text-sm text-muted">
            <span className="font-medium text-soft">{evidence.authorName}</span>
            <Moment at={evidence.sentAt} />
            {data.decidedBy && <span>approved by {data.decidedBy}</span>}
          </p>
        </li>
      ))}
    </ul>
  );
}
