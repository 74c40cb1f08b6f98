"use client";

import { Fragment, type ReactNode, useEffect } from "react";

import { cn } from "#components/ui/cn.ts";
import { useTimeZone } from "#components/ui/clock.tsx";
import { dayKey } from "#components/ui/time-format.ts";
import { Moment } from "#components/ui/time.tsx";

import { continues, type Message } from "./message.ts";
import { MessageRow, messageRowId } from "./message-row.tsx";

/**
 * Messages as they were said, the newest at the bottom, which is where it starts and stays.
 * @param targetId the message to bring into view instead
 */
export function MessageList({
  messages,
  showsChat,
  targetId,
  isStale,
  before,
}: {
  /** Oldest first. */
  messages: Message[];
  showsChat: boolean;
  targetId: string | null;
  isStale: boolean;
  /** What stands above the oldest one. */
  before: ReactNode;
}) {
  const timeZone = useTimeZone();
  const isTargetHere = targetId !== null && messages.some((message) => message.id === targetId);
  // The scroll position is the browser's.
  useEffect(() => {
    if (!isTargetHere) return;
    const row = document.getElementById(messageRowId(targetId));
    row?.scrollIntoView({ block: "center" });
    row?.focus({ preventScroll: true });
  }, [targetId, isTargetHere]);

  return (
    // Reversed, so that the browser keeps the end in view when something is said and the place when earlier ones load.
    <div
      className={cn("flex min-h-0 flex-1 flex-col-reverse overflow-y-auto", isStale && "opacity-60")}
      tabIndex={0}
      role="group"
      aria-label="Messages"
    >
      <div className="pb-3">
        <div className="flex justify-center px-4 py-3 text-sm text-muted">{before}</div>
        <ol>
          {messages.map((message, index) => {
            const previous = messages[index - 1];
            const isNewDay = !previous || dayKey(previous.sentAt, timeZone) !== dayKey(message.sentAt, timeZone);
            return (
              <Fragment key={message.id}>
                {isNewDay && (
                  <li className="sticky top-0 z-10 flex items-center gap-3 bg-surface px-4 py-1.5 text-sm font-medium text-muted md:px-6">
                    <Moment at={message.sentAt} show="day" />
                    <span aria-hidden className="h-px flex-1 bg-line" />
                  </li>
                )}
                <MessageRow
                  message={message}
                  isContinued={!isNewDay && continues(message, previous)}
                  showsChat={showsChat}
                  isTarget={message.id === targetId}
                />
              </Fragment>
            );
          })}
        </ol>
      </div>
    </div>
  );
}
