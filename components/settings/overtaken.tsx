"use client";

import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Age } from "#components/ui/time.tsx";
import { WordDiff } from "#components/ui/word-diff.tsx";

/** Somebody was quicker: what they have now beside what is written here, and the choice between both. */
export function Overtaken({
  changed,
  theirs,
  mine,
  onDrop,
  onInsist,
}: {
  /** Who changed it last, null where what was there is gone. */
  changed: { by: string; at: Date } | null;
  theirs: string;
  mine: string;
  onDrop: () => void;
  onInsist: () => void;
}) {
  return (
    <Alert
      tone="warning"
      title={
        changed ? (
          <>
            {changed.by} changed it <Age at={changed.at} inWords />, while you wrote
          </>
        ) : (
          "It was changed while you wrote"
        )
      }
    >
      <p>Below, what yours would take out of it is struck through, and what it would add is marked.</p>
      <WordDiff className="my-2" before={theirs} after={mine} label="From theirs to yours" />
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={onInsist}>
          Go on with mine
        </Button>
        <Button size="sm" variant="danger" onClick={onDrop}>
          Drop mine, take theirs
        </Button>
      </div>
    </Alert>
  );
}
