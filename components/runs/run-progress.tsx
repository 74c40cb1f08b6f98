import { counted } from "#components/review/words.ts";
import { Progress } from "#components/ui/progress.tsx";

import type { Run } from "./run.ts";

/** How far a running run is: batches done of all. */
export function RunProgress({ run, className }: { run: Run; className?: string }) {
  const words =
    run.batchesTotal === 0
      ? "Sorting the messages into batches…"
      : `${run.batchesDone} of ${counted(run.batchesTotal, "batch", "batches")} read`;
  return (
    <div className={className}>
      <Progress value={run.batchesDone} max={run.batchesTotal} label={words} />
      <p className="mt-1 text-sm text-muted tabular-nums">
        {words}
        {run.proposals.total > 0 && `, ${counted(run.proposals.total, "proposal")} so far`}
      </p>
    </div>
  );
}
