import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";

import { failIn, type RunInput } from "./runs.ts";

/**
 * Ends a run whose batches are all done or given up. With those that could be read it is completed, and without a proposal to decide
 * reviewed by itself; where none could be read it has failed.
 */
export async function completeWhenDone(tx: Tx, ctx: Ctx, { spaceId, runId }: RunInput): Promise<void> {
  const at = ctx.now();
  const [run] = await tx.query<{ total: number; failed: number }>(
    `select batches_total as total, batches_failed as failed from runs
      where id = $1 and status = 'running' and batches_done + batches_failed = batches_total for update`,
    [runId],
  );
  if (!run) return;
  if (run.total > 0 && run.failed === run.total)
    return failIn(tx, ctx, { spaceId, runId, failure: await whyAllFailed(tx, runId) });

  const [completed] = await tx.query<{ reviewed: boolean }>(
    `update runs
        set status = case when proposals_pending = 0 then 'reviewed' else 'completed' end::"RunStatus",
            completed_at = $2::timestamptz, reviewed_at = case when proposals_pending = 0 then $2::timestamptz end
      where id = $1 returning status = 'reviewed' as reviewed`,
    [runId, at],
  );
  emit(tx, { spaceId, type: "run.completed", subjectId: runId, actor: ctx.actor, at });
  if (completed?.reviewed) emit(tx, { spaceId, type: "run.reviewed", subjectId: runId, actor: ctx.actor, at });
}

async function whyAllFailed(tx: Tx, runId: string): Promise<string> {
  const reasons = await tx.query<{ failure: string; count: number }>(
    `select failure, count(*)::int as count from batches where run_id = $1 and status = 'failed' and failure is not null
      group by 1 order by 2 desc, 1`,
    [runId],
  );
  const [first] = reasons;
  const others = reasons.length > 1 ? " Others failed for other reasons; each batch says its own." : "";
  return `No batch could be read. ${first?.failure ?? ""}${others}`.trim();
}
