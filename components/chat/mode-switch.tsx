"use client";

import { useState } from "react";

import { useReadOnlyReason } from "#components/shell/space.tsx";
import { cn } from "#components/ui/cn.ts";
import { Hint } from "#components/ui/tooltip.tsx";
import type { AssistantMode } from "#server/assistant/schema.ts";

import { MODES } from "./chat.ts";

/** What a message without a command asks for. Changed as in every chat: by a command. */
export function ModeSwitch({
  mode,
  send,
}: {
  mode: AssistantMode;
  send: (text: string, files: readonly File[]) => Promise<boolean>;
}) {
  const readOnly = useReadOnlyReason();
  const [asked, setAsked] = useState<AssistantMode | null>(null);
  const change = async (next: AssistantMode) => {
    if (asked !== null || next === mode || readOnly) return;
    setAsked(next);
    await send(`/${next}`, []);
    setAsked(null);
  };
  return (
    <div role="group" aria-label="What you write is" className="flex rounded-md border border-control p-0.5">
      {(Object.keys(MODES) as AssistantMode[]).map((each) => {
        const isOn = each === (asked ?? mode);
        return (
          <Hint key={each} label={readOnly ?? MODES[each].hint}>
            <button
              type="button"
              aria-pressed={isOn}
              aria-disabled={readOnly !== undefined || undefined}
              aria-busy={each === asked || undefined}
              onClick={() => void change(each)}
              className={cn(
                "h-6 rounded-sm px-2.5 text-sm font-medium text-soft hover:text-ink pointer-coarse:h-8",
                isOn && "bg-ink text-surface hover:text-surface",
              )}
            >
              {MODES[each].label}
            </button>
          </Hint>
        );
      })}
    </div>
  );
}
