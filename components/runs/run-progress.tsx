import { counted } from "#components/review/words.ts";
import { Progress } from "#components/ui/progress.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import type { Run } from "./run.ts";

/**
 * How far a running run is: batches read of all, those given up said apart.
 * @param timeLeftMs as the batches before took; null while nobody can say
 */
export function RunProgress({
  run,
  timeLeftMs = null,
  className,
}: {
  run: Run;
  timeLeftMs?: number | null;
  className?: string;
}) {
  const over = run.batchesDone + run.batchesFailed;
  const words =
    run.batchesTotal === 0
      ? "Sorting the messages into batches…"
      : `${run.batchesDone} of ${counted(run.batchesTotal, "batch", "batches")} read`;
  return (
    <div className={className}>
      <Progress value={over} max={run.batchesTotal} label={words} />
      <p className="mt-1 text-sm text-muted tabular-nums">
        {words}
        {run.batchesFailed > 0 && `, ${run.batchesFailed} failed`}
        {run.proposals.total > 0 && `, ${counted(run.proposals.total, "proposal")} so far`}
        {timeLeftMs !== null && over < run.batchesTotal && `, ${timeLeftInWords(timeLeftMs)}`}
      </p>
    </div>
  );
}

function timeLeftInWords(ms: number): string {
  if (ms < 10_000) return "a few seconds left";
  return `about ${formatDuration(Math.round(ms / 1_000) * 1_000)} left`;
}
