"use client";

import { useState } from "react";

import { useReadOnlyReason } from "#components/shell/space.tsx";
import { Button } from "#components/ui/button.tsx";

import { StartReplayDialog } from "./start-replay.tsx";

/** Reads a past run again with another model or other words, to see how that would have done. Nothing where nobody may. */
export function ReplayButton({ runId }: { runId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const readOnly = useReadOnlyReason();
  if (readOnly !== undefined) return null;
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Replay</Button>
      {isOpen && <StartReplayDialog runId={runId} onClose={() => setIsOpen(false)} />}
    </>
  );
}
