"use client";

import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

import type { usePrompt } from "./use-prompt.ts";

/** Asks whether a prompt goes back to Winnow's own words. */
export function ResetPrompt({ words, onClose }: { words: ReturnType<typeof usePrompt>; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title="Back to Winnow’s own words?"
      footer={
        <>
          <Button onClick={onClose}>Keep ours</Button>
          <Button variant="danger" isBusy={words.isSaving} onClick={() => words.reset(onClose)}>
            Take Winnow’s own
          </Button>
        </>
      }
    >
      <p>Your words stay in the history below, from where they can be put back.</p>
      {words.isChanged && <p className="mt-2">What you have not saved is dropped.</p>}
      {words.problem !== null && (
        <Alert tone="danger" className="mt-3" title="Nothing was changed">
          {words.problem}
        </Alert>
      )}
    </Dialog>
  );
}
