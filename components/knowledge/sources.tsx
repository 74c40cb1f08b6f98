"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Moment } from "#components/ui/time.tsx";

import type { Note } from "./note.ts";

export const sourceId = (id: string) => `source-${id}`;

/** The messages that a note rests on, with the words that were quoted and the way back to each. */
export function Sources({ note }: { note: Note }) {
  const quotes = useQuotes(note);
  if (note.sources.length === 0) {
    return <p className="text-muted">No message is named as a source: it was written by hand, or without evidence.</p>;
  }
  return (
    <ol className="flex flex-col gap-3">
      {note.sources.map((source) => (
        <li key={source.id} id={sourceId(source.id)} className="border-l-2 border-accent pl-3">
          {quotes.get(source.messageId ?? "")?.map((quote) => (
            <blockquote key={quote} className="mb-1 break-words whitespace-pre-wrap">
              “{quote}”
            </blockquote>
          ))}
          <p className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
            <span className="font-medium text-soft">{source.author ?? "Someone"}</span>
            {source.sentAt ? <Moment at={source.sentAt} /> : source.title && <span>{source.title}</span>}
            {source.chatTitle && <span>{source.chatTitle}</span>}
            <SourceLinks source={source} />
          </p>
        </li>
      ))}
    </ol>
  );
}

function SourceLinks({ source }: { source: Note["sources"][number] }) {
  const path = useSpacePath();
  const style = "inline-flex min-h-6 items-center gap-1 text-accent-ink underline underline-offset-2";
  return (
    <>
      {source.messageId && (
        <Link href={path(`messages?message=${source.messageId}`)} className={style}>
          See it in Messages
        </Link>
      )}
      {source.resource?.startsWith("https://") && (
        <a href={source.resource} target="_blank" rel="noreferrer noopener" className={style}>
          Open in chat
          <ArrowUpRight aria-hidden className="size-4" />
        </a>
      )}
    </>
  );
}

/** What was quoted of each message, from the proposal that became this note. */
function useQuotes(note: Note): Map<string, string[]> {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useQuery(
    trpc.proposals.byId.queryOptions(
      { spaceId: space.id, proposalId: note.proposalId ?? "" },
      { enabled: note.proposalId !== null },
    ),
  );
  const groups = Map.groupBy(data?.evidence ?? [], (evidence) => evidence.messageId);
  return new Map([...groups].map(([messageId, quotes]) => [messageId, quotes.map((each) => each.quote)]));
}
