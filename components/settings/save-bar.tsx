"use client";

import type { ReactNode } from "react";

import { Button } from "#components/ui/button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

/** Saves what is written above, and says whether it is. It stays in sight. */
export function SaveBar({
  isChanged,
  isSaving,
  blockedBecause,
  onDiscard,
  children,
}: {
  isChanged: boolean;
  isSaving: boolean;
  blockedBecause?: string | undefined;
  onDiscard: () => void;
  /** What is said while nothing is changed. */
  children: ReactNode;
}) {
  return (
    <div className="sticky bottom-0 z-10 flex flex-wrap items-center gap-2 border-t bg-surface py-2">
      <Button
        type="submit"
        variant="primary"
        isBusy={isSaving}
        blockedBecause={isChanged ? blockedBecause : "Nothing is changed yet."}
      >
        Save
        <Kbd keys={["⌘/Ctrl", "Enter"]} className="pointer-coarse:hidden" />
      </Button>
      {isChanged && !isSaving && <Button onClick={onDiscard}>Discard</Button>}
      <span role="status" className="text-sm text-muted">
        {isSaving ? "Saving…" : isChanged ? "Not saved yet. It is kept in this browser." : children}
      </span>
    </div>
  );
}
