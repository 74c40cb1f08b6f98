"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight, CornerUpRight, Forward } from "lucide-react";
import Link from "next/link";
import { useState } from "react";

import { KIND_WORDS, STATUS_WORDS } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Moment } from "#components/ui/time.tsx";

import { kindInWords, type Message } from "./message.ts";

export const messageRowId = (messageId: string) => `message-${messageId}`;

/** One message: who, what, where it came from, what it answers, and what it led to. */
export function MessageRow({
  message,
  isContinued,
  showsChat,
  isTarget,
}: {
  message: Message;
  /** Its author stands above already. */
  isContinued: boolean;
  showsChat: boolean;
  /** The one that the address points at. */
  isTarget: boolean;
}) {
  const path = useSpacePath();
  const kind = kindInWords(message.kind);
  return (
    <li
      id={messageRowId(message.id)}
      tabIndex={isTarget ? -1 : undefined}
      aria-current={isTarget || undefined}
      className={cn(
        "group relative px-4 outline-none md:px-6",
        isContinued ? "py-0.5" : "pt-1.5 pb-0.5",
        isTarget ? "bg-selected" : "hover:bg-hover",
      )}
    >
      {!isContinued && (
        <p className="flex flex-wrap items-center gap-x-2 text-sm">
          <span className="font-medium">{message.authorName}</span>
          {message.authorIsBot && <Badge>bot</Badge>}
          {showsChat && <span className="truncate text-muted">{message.chatTitle}</span>}
          <Addresses message={message} />
        </p>
      )}
      {message.forwardedFrom && (
        <p className="flex items-center gap-1 text-sm text-muted">
          <Forward aria-hidden className="size-3.5 shrink-0" />
          Forwarded from {message.forwardedFrom}
        </p>
      )}
      {message.replyTo && <ReplyTo replyTo={message.replyTo} />}
      <p className="max-w-prose break-words whitespace-pre-wrap">
        {kind && (
          <Badge tone="outline" className="mr-2 align-text-bottom">
            {kind}
          </Badge>
        )}
        {message.text}
      </p>
      {isContinued && (
        <span className="absolute top-0 right-4 flex items-center gap-1 bg-hover px-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 md:right-6">
          <Addresses message={message} />
        </span>
      )}
      {message.editedAt && message.revision > 1 && <Revisions message={message} />}
      {message.ledTo.length > 0 && (
        <ul aria-label="What it led to" className="mt-1 flex flex-wrap gap-1">
          {message.ledTo.map((proposal) => (
            <li key={proposal.proposalId} className="max-w-full">
              <Link
                href={path(`review?status=${proposal.status}&proposal=${proposal.proposalId}`)}
                className="flex min-h-6 items-center gap-1.5 rounded-sm border border-line bg-surface px-1.5 text-xs text-soft hover:border-control hover:text-ink"
              >
                <span className="font-medium">{KIND_WORDS[proposal.kind].one}</span>
                <span className="truncate">{proposal.title}</span>
                <span className="shrink-0 text-muted">{STATUS_WORDS[proposal.status].label.toLowerCase()}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** When it was said, as a link to it here, and the way to it in the chat. */
function Addresses({ message }: { message: Message }) {
  const path = useSpacePath();
  return (
    <span className="inline-flex items-center text-xs text-muted">
      <Link
        href={path(`messages?message=${message.id}`)}
        className="inline-flex min-h-6 items-center rounded-sm px-1 tabular-nums hover:text-ink hover:underline"
      >
        <span className="sr-only">Link to this message, </span>
        <Moment at={message.sentAt} show="time" />
      </Link>
      {message.permalink && (
        <a
          href={message.permalink}
          target="_blank"
          rel="noreferrer noopener"
          aria-label="Open in the chat"
          className="inline-flex size-6 items-center justify-center rounded-sm hover:text-ink"
        >
          <ArrowUpRight aria-hidden className="size-3.5" />
        </a>
      )}
    </span>
  );
}

function ReplyTo({ replyTo }: { replyTo: NonNullable<Message["replyTo"]> }) {
  const path = useSpacePath();
  const words =
    replyTo.messageId === null ? (
      "a message that was not recorded"
    ) : (
      <>
        <span className="font-medium">{replyTo.authorName}</span> {replyTo.excerpt}
      </>
    );
  return (
    <p className="flex max-w-prose min-w-0 items-center gap-1 text-sm text-muted">
      <CornerUpRight aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">Answers</span>
      {replyTo.messageId ? (
        <Link href={path(`messages?message=${replyTo.messageId}`)} className="min-w-0 truncate py-0.5 hover:text-ink">
          {words}
        </Link>
      ) : (
        <span className="min-w-0 truncate">{words}</span>
      )}
    </p>
  );
}

/** What it said before it was edited, on demand. */
function Revisions({ message }: { message: Message }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="text-sm">
      <Button variant="quiet" size="inline" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        edited {message.revision === 2 ? "once" : `${message.revision - 1} times`}
      </Button>
      {isOpen && <RevisionList messageId={message.id} />}
    </div>
  );
}

function RevisionList({ messageId }: { messageId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.messages.revisions.queryOptions({ spaceId: space.id, messageId }));
  if (error) return <p className="text-danger">{messageOf(error)}</p>;
  if (!data) return <p className="text-muted">Looking up…</p>;
  return (
    <ol className="flex max-w-prose flex-col gap-1 border-l-2 border-line pl-3">
      {data.map((revision) => (
        <li key={revision.revision}>
          <span className="block text-xs text-muted">
            until <Moment at={revision.replacedAt} />
          </span>
          <span className="break-words whitespace-pre-wrap text-soft">{revision.text || "(no text)"}</span>
        </li>
      ))}
    </ol>
  );
}
