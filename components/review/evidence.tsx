"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight, ChevronDown, ChevronUp } from "lucide-react";
import { useId, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Moment } from "#components/ui/time.tsx";

import type { Evidence } from "./proposal.ts";

const SHOWN_AT_FIRST = 3;

/** What was really said, word for word: the first thing to look at. */
export function EvidenceList({ evidence }: { evidence: Evidence[] }) {
  const [showsAll, setShowsAll] = useState(false);
  if (evidence.length === 0) {
    return (
      <Alert tone="warning" title="No evidence">
        No quote could be found in the messages for this. Treat it as a guess: reject it, or edit it from what you know.
      </Alert>
    );
  }
  const shown = showsAll ? evidence : evidence.slice(0, SHOWN_AT_FIRST);
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-col gap-3">
        {shown.map((quote) => (
          <Quote key={quote.id} evidence={quote} />
        ))}
      </ul>
      {evidence.length > shown.length && (
        <Button variant="link" size="inline" className="self-start" onClick={() => setShowsAll(true)}>
          Show {evidence.length - shown.length} more
        </Button>
      )}
    </div>
  );
}

function Quote({ evidence }: { evidence: Evidence }) {
  const [isOpen, setOpen] = useState(false);
  const contextId = useId();
  return (
    <li className="border-l-2 border-accent pl-3">
      <figure>
        <blockquote className="text-lg text-pretty break-words whitespace-pre-wrap">{evidence.quote}</blockquote>
        <figcaption className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
          <span className="font-medium text-soft">{evidence.authorName}</span>
          <Moment at={evidence.sentAt} />
          <span className="truncate">{evidence.chatTitle}</span>
          {evidence.sourceChanged && <Badge tone="warning">message edited since</Badge>}
          <span className="flex items-center gap-3">
            <Button
              variant="quiet"
              size="inline"
              aria-expanded={isOpen}
              aria-controls={contextId}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? <ChevronUp aria-hidden /> : <ChevronDown aria-hidden />}
              {isOpen ? "Hide the talk around it" : "Show the talk around it"}
            </Button>
            {evidence.permalink && (
              <Button variant="quiet" size="inline" asChild>
                <a href={evidence.permalink} target="_blank" rel="noreferrer noopener">
                  Open in chat
                  <ArrowUpRight aria-hidden />
                </a>
              </Button>
            )}
          </span>
        </figcaption>
      </figure>
      <div id={contextId}>{isOpen && <Surroundings evidence={evidence} />}</div>
    </li>
  );
}

function Surroundings({ evidence }: { evidence: Evidence }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(
    trpc.messages.around.queryOptions({ spaceId: space.id, messageId: evidence.messageId }),
  );
  if (error) {
    return (
      <NotRead
        className="mt-2"
        title="The messages around it could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  if (!data) return <SkeletonRows rows={3} className="mt-3" />;
  return (
    <ol className="mt-2 flex flex-col gap-2 rounded-md bg-sunken px-3 py-2">
      {data.items.map((message) => (
        <li key={message.id} className={cn("text-sm", message.id === evidence.messageId ? "text-ink" : "text-soft")}>
          <p className="flex gap-2 text-xs text-muted">
            <span className="font-medium">{message.authorName}</span>
            <Moment at={message.sentAt} show="time" />
          </p>
          <p className="break-words whitespace-pre-wrap">
            {message.id === evidence.messageId ? (
              <Marked text={message.text} evidence={evidence} />
            ) : (
              message.text || `(${message.kind})`
            )}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** The message with the quote marked at its offsets; unmarked where an edit has moved the words. */
function Marked({ text, evidence }: { text: string; evidence: Evidence }) {
  const { startOffset, endOffset, quote } = evidence;
  if (text.slice(startOffset, endOffset) !== quote) return text;
  return (
    <>
      {text.slice(0, startOffset)}
      <mark>{quote}</mark>
      {text.slice(endOffset)}
    </>
  );
}
