"use client";

import { Progress } from "#components/ui/progress.tsx";

import type { KbStatus } from "./kb.ts";
import { STAGE_WORDS } from "./words.ts";

/** How far the first fetch of a repository is: what is being done, and its share where git says it. */
export function FirstFetch({
  progress,
  className,
}: {
  progress: NonNullable<KbStatus["progress"]>;
  className?: string;
}) {
  const { stage, percent } = progress;
  const words = `${STAGE_WORDS[stage]}${percent === null ? "…" : `: ${percent} %`}`;
  return (
    <div className={className}>
      <Progress
        value={percent ?? 0}
        max={100}
        label={words}
        className={percent === null ? "animate-pulse" : undefined}
      />
      <p className="mt-1 text-sm text-muted tabular-nums">{words}</p>
    </div>
  );
}
