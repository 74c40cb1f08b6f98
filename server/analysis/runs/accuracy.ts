import type { Tx } from "#server/lib/db.ts";

import type { RunAccuracy, Tally } from "../schema.ts";

type Count = {
  kind: string;
  confidence: string;
  status: "approved" | "rejected" | "merged";
  edited: boolean;
  count: number;
};

/** Counts a run's decisions from their rows: in all, by kind and by confidence band. */
export async function measureAccuracy(tx: Tx, runId: string): Promise<RunAccuracy> {
  const counts = await tx.query<Count>(
    `select kind, confidence, status, edit_count > 0 as edited, count(*)::int as count
       from proposals where run_id = $1 and status <> 'pending' group by 1, 2, 3, 4`,
    [runId],
  );
  const all = tally(counts);
  const useful = all.approved + all.merged;
  return {
    ...all,
    editedBefore: sum(counts.filter((each) => each.edited && each.status !== "rejected")),
    precision: all.total === 0 ? null : useful / all.total,
    byKind: tallyBy(counts, (each) => each.kind),
    byConfidence: tallyBy(counts, (each) => each.confidence),
  };
}

function tallyBy(counts: Count[], keyOf: (count: Count) => string): Record<string, Tally> {
  const groups = Object.groupBy(counts, keyOf);
  return Object.fromEntries(Object.entries(groups).map(([key, group]) => [key, tally(group ?? [])]));
}

function tally(counts: Count[]): Tally {
  const of = (status: Count["status"]) => sum(counts.filter((each) => each.status === status));
  return { total: sum(counts), approved: of("approved"), rejected: of("rejected"), merged: of("merged") };
}

const sum = (counts: Count[]) => counts.reduce((total, each) => total + each.count, 0);
