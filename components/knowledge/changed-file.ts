import { diffLines } from "diff";

import type { Outputs } from "#components/trpc/client.tsx";

export type ChangedFile = Outputs["knowledge"]["commit"]["files"][number];

/** Nobody waits longer for two numbers. */
const TIMEOUT_MS = 200;

/** How many lines came into a file and went from it. */
export function lineCounts({ before, after }: ChangedFile): { added: number; removed: number } {
  const counts = { added: 0, removed: 0 };
  const parts = diffLines(before ?? "", after ?? "", { timeout: TIMEOUT_MS });
  for (const { added, removed, count } of parts ?? []) {
    if (added) counts.added += count;
    if (removed) counts.removed += count;
  }
  return counts;
}
