"use client";

import { useCallback, useRef } from "react";
import { useHotkeys } from "react-hotkeys-hook";

import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { REJECT_REASONS, type RejectCode } from "#server/proposals/schema.ts";

const REASON_KEYS = REJECT_REASONS.map((_, index) => String(index + 1));

/** One of the six, or words of one's own. */
export type Reason = { code: RejectCode; reason?: string };

/** Why it is rejected: a key from 1 to 6 rejects at once, Enter does without a reason. No dialog in the way. */
export function RejectBar({
  title,
  onReject,
  onCancel,
}: {
  title: string;
  onReject: (reason?: Reason) => void;
  onCancel: () => void;
}) {
  const bar = useRef<HTMLDivElement>(null);
  // From wherever the focus is: a dialog that has just closed may have taken it back from the bar.
  useHotkeys(REASON_KEYS, (event, { hotkey }) => {
    const reason = REJECT_REASONS[Number(hotkey) - 1];
    if (event.repeat || !reason) return;
    event.preventDefault();
    onReject({ code: reason.code });
  });
  const listen = useHotkeys<HTMLDivElement>(["enter", "escape"], (event, { hotkey }) => {
    if (event.repeat) return;
    if (hotkey === "escape") onCancel();
    // Enter on one of the buttons presses that button.
    else if (event.target === bar.current) onReject();
    else return;
    event.preventDefault();
  });
  const attach = useCallback(
    (node: HTMLDivElement | null) => {
      bar.current = node;
      listen(node);
      // So that the next key is a reason.
      node?.focus();
    },
    [listen],
  );
  return (
    <div
      ref={attach}
      tabIndex={-1}
      role="group"
      aria-label={`Why reject ${title}? Keys 1 to 6, Enter without a reason, Escape to cancel.`}
      className="flex w-full flex-wrap items-center gap-1.5 rounded-md outline-none"
    >
      <span className="w-full text-sm font-medium">Why?</span>
      {REJECT_REASONS.map(({ code, words }, index) => (
        <Button key={code} size="sm" onClick={() => onReject({ code })}>
          <Kbd keys={[String(index + 1)]} className="pointer-coarse:hidden" />
          {words}
        </Button>
      ))}
      <Input
        fieldSize="sm"
        className="w-44 max-sm:w-full"
        maxLength={500}
        aria-label="In your own words, then Enter"
        placeholder="In your own words…"
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel();
          const reason = event.currentTarget.value.trim();
          if (event.key === "Enter" && reason !== "") onReject({ code: "other", reason });
        }}
      />
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
