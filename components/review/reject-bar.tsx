"use client";

import { useRef, useEffect } from "react";

import { Button } from "#components/ui/button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { REJECT_REASONS } from "#server/proposals/schema.ts";

/** Why it is rejected: a key from 1 to 6 rejects at once, Enter does without a reason. No dialog in the way. */
export function RejectBar({
  title,
  onReject,
  onCancel,
}: {
  title: string;
  onReject: (reason?: string) => void;
  onCancel: () => void;
}) {
  const bar = useRef<HTMLDivElement>(null);
  // The focus is the browser's: it has to come here so that the next key is a reason.
  useEffect(() => bar.current?.focus(), []);
  return (
    <div
      ref={bar}
      tabIndex={-1}
      role="group"
      aria-label={`Why reject ${title}? Keys 1 to 6, Enter without a reason, Escape to cancel.`}
      className="flex w-full flex-wrap items-center gap-1.5 rounded-md outline-none"
      onKeyDown={(event) => {
        const reason = /^Digit([1-6])$/.exec(event.code)?.[1];
        if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
        if (reason) onReject(REJECT_REASONS[Number(reason) - 1]);
        else if (event.key === "Enter" && event.target === bar.current) onReject();
        else if (event.key === "Escape") onCancel();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span className="w-full text-sm font-medium">Why?</span>
      {REJECT_REASONS.map((reason, index) => (
        <Button key={reason} size="sm" onClick={() => onReject(reason)}>
          <Kbd keys={[String(index + 1)]} className="pointer-coarse:hidden" />
          {reason}
        </Button>
      ))}
      <Button size="sm" variant="ghost" onClick={() => onReject()}>
        <Kbd keys={["Enter"]} className="pointer-coarse:hidden" />
        No reason
      </Button>
      <Button size="sm" variant="ghost" onClick={onCancel}>
        <Kbd keys={["Esc"]} className="pointer-coarse:hidden" />
        Cancel
      </Button>
    </div>
  );
}
