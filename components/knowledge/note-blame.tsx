"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import Link from "next/link";

import { shortHash } from "#components/kb/kb.ts";
import { counted } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age, Moment } from "#components/ui/time.tsx";

import { splitBlame } from "./blame.ts";
import type { BlameRange, Note } from "./note.ts";

/** Who brought each line of a note, down to the messages that it came from. */
export function NoteBlame({ note }: { note: Note }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(trpc.knowledge.blame.queryOptions({ spaceId: space.id, noteId: note.id }));
  if (!data) {
    return error ? (
      <NotRead title="Who wrote the lines could not be read" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows rows={4} />
    );
  }
  if (data.ranges.length === 0) return <p className="text-muted">The file has no lines.</p>;
  const { head, body } = splitBlame(data.ranges);
  const headLines = head.reduce((sum, range) => sum + range.lines.length, 0);
  return (
    <div className="flex flex-col gap-3">
      {headLines > 0 && (
        <details>
          <summary className="min-h-6 rounded-sm text-sm text-muted hover:text-ink">
            The data at the top: {counted(headLines, "line")}
          </summary>
          <Ranges ranges={head} note={note} isData />
        </details>
      )}
      {body.length === 0 ? (
        <p className="text-muted">There is no text below the data at the top.</p>
      ) : (
        <Ranges ranges={body} note={note} />
      )}
    </div>
  );
}

function Ranges({ ranges, note, isData = false }: { ranges: BlameRange[]; note: Note; isData?: boolean }) {
  return (
    <ol className="border-t">
      {ranges.map((range) => (
        <li key={range.firstLine} className="grid gap-x-4 gap-y-1 border-b py-2 md:grid-cols-blame">
          <Origin range={range} note={note} />
          <div className="min-w-0">
            <Lines range={range} />
            {!isData && <Quotes messages={range.messages} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Who, when, in which commit. */
function Origin({ range: { commit, proposalId }, note }: { range: BlameRange; note: Note }) {
  const path = useSpacePath();
  const link = "inline-flex min-h-6 items-center underline-offset-2 hover:underline";
  return (
    <div className="min-w-0 text-sm text-muted">
      <p className="flex flex-wrap gap-x-2">
        <span className="font-medium text-ink">{commit.author}</span>
        <Age at={commit.committedAt} inWords />
      </p>
      <Link
        href={path(`knowledge/${note.id}?view=history&commit=${commit.hash}`)}
        title={commit.subject}
        className={`${link} max-w-full`}
      >
        <code className="mr-1.5 font-mono text-xs">{shortHash(commit.hash)}</code>
        <span className="truncate">{commit.subject}</span>
      </Link>
      {proposalId && (
        <p>
          <Link href={path(`review?proposal=${proposalId}`)} className={`${link} text-accent-ink`}>
            See its proposal
          </Link>
        </p>
      )}
    </div>
  );
}

function Lines({ range: { firstLine, lines } }: { range: BlameRange }) {
  return (
    <div className="flex flex-col font-mono text-xs">
      {lines.map((line, index) => (
        <div key={index} className="flex gap-3">
          <span aria-hidden className="w-6 shrink-0 text-right text-muted select-none tabular-nums">
            {firstLine + index}
          </span>
          <span className="min-h-4 min-w-0 break-words whitespace-pre-wrap">{line}</span>
        </div>
      ))}
    </div>
  );
}

/** The words that the lines rest on, with the way back to each message. */
function Quotes({ messages }: { messages: BlameRange["messages"] }) {
  const path = useSpacePath();
  if (messages.length === 0) return null;
  const link = "inline-flex min-h-6 items-center gap-1 text-accent-ink underline underline-offset-2";
  return (
    <ul aria-label="Said in the chat" className="mt-2 flex flex-col gap-2 pl-9">
      {messages.map((message, index) => (
        <li key={`${message.messageId}-${index}`} className="border-l-2 border-accent pl-3">
          <blockquote className="break-words whitespace-pre-wrap">“{message.quote}”</blockquote>
          <p className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
            <span className="font-medium text-soft">{message.author ?? "Someone"}</span>
            <Moment at={message.sentAt} />
            <Link href={path(`messages?message=${message.messageId}`)} className={link}>
              See it in Messages
            </Link>
            {message.permalink && (
              <a href={message.permalink} target="_blank" rel="noreferrer noopener" className={link}>
                Open in chat
                <ArrowUpRight aria-hidden className="size-4" />
              </a>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
