"use client";

import { ArrowDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { type MouseEvent, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { useTimeZone } from "#components/ui/clock.tsx";
import { Moment } from "#components/ui/time.tsx";
import { dayKey } from "#components/ui/time-format.ts";

import { type Item, pathInside, plainOf } from "./chat.ts";
import { OutgoingMessage, OwnMessage } from "./own-message.tsx";
import { PostView } from "./post-view.tsx";
import { useBottom } from "./use-bottom.ts";
import type { Outgoing } from "./use-chat.ts";

/** What was said, oldest first. It follows what is said next unless one reads further up. */
export function Log({
  items,
  outgoing,
  onResend,
  onRewrite,
}: {
  items: readonly Item[];
  outgoing: readonly Outgoing[];
  onResend: (message: Outgoing) => void;
  onRewrite: (message: Outgoing) => void;
}) {
  const router = useRouter();
  const timeZone = useTimeZone();
  const newest = newestOf(items, outgoing);
  const { frameRef, contentRef, hasNewBelow, onScroll, goDown } = useBottom(newest, outgoing.at(-1)?.key);

  /** A link into the dashboard opens here, as links between its pages do. */
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const path = link && pathInside(link.href, window.location.origin);
    if (!path) return;
    event.preventDefault();
    router.push(path);
  };

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={frameRef}
        tabIndex={0}
        aria-label="Conversation"
        role="region"
        className="h-full overflow-y-auto -outline-offset-2"
        onScroll={onScroll}
      >
        {/* Not told as it changes: an answer that is being written would be read out at every word. */}
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- the links inside are what is pressed, and Enter on a link is a click */}
        <div
          ref={contentRef}
          role="log"
          aria-live="off"
          aria-label="Messages"
          className="mx-auto flex max-w-3xl flex-col gap-4 px-4 py-4 md:px-6"
          onClick={follow}
        >
          {items.map((item, index) => (
            <div key={item.id} className="flex flex-col gap-4">
              {isNewDay(items[index - 1], item, timeZone) && (
                <Moment at={item.at} show="day" className="self-center text-xs text-muted" />
              )}
              {item.from === "you" ? <OwnMessage message={item} /> : <PostView post={item} />}
            </div>
          ))}
          {outgoing.map((message) => (
            <OutgoingMessage
              key={message.key}
              message={message}
              onResend={() => onResend(message)}
              onRewrite={() => onRewrite(message)}
            />
          ))}
        </div>
      </div>
      {hasNewBelow && (
        <Button
          size="sm"
          className="absolute inset-x-0 bottom-3 mx-auto w-fit rounded-full shadow-pop"
          onClick={goDown}
        >
          <ArrowDown aria-hidden />
          New below
        </Button>
      )}
      <Announcer items={items} />
    </div>
  );
}

/** Reads out each answer once, when it is whole. */
function Announcer({ items }: { items: readonly Item[] }) {
  const [known, setKnown] = useState({ items, said: "" });
  if (known.items !== items) {
    const before = new Map(known.items.map((item) => [item.id, item]));
    const whole = items.findLast((item) => {
      const was = before.get(item.id);
      return (
        item.from === "winnow" && !item.isWorking && (was?.from !== "winnow" || was.isWorking || was.text !== item.text)
      );
    });
    setKnown({ items, said: whole ? plainOf(whole.text) : known.said });
  }
  return (
    <p aria-live="polite" className="sr-only">
      {known.said}
    </p>
  );
}

/** Changes with whatever is said or said anew at the end. */
function newestOf(items: readonly Item[], outgoing: readonly Outgoing[]): string {
  const last = items.at(-1);
  return [last?.id, last?.text.length, ...outgoing.map(({ key }) => key)].join(" ");
}

const isNewDay = (before: Item | undefined, item: Item, timeZone: string) =>
  !before || dayKey(before.at, timeZone) !== dayKey(item.at, timeZone);
