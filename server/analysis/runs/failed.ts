import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { readSettings } from "#server/settings/index.ts";

import { openLanes } from "./batches.ts";
import type { ClaimedBatch } from "./claim.ts";
import { completeWhenDone } from "./finish.ts";
import { failIn, holdOpenBatches, moveRun, type RunInput } from "./runs.ts";

/** Tries of one batch before it is given up, where another try may help. */
const BATCH_ATTEMPTS = 3;

/**
 * What becomes of a batch that could not be read.
 *
 * - `again`: something was away, or broke; another try may help.
 * - `this`: the model's answer was of no use twice, or its words fit nobody. The rest of the run may be read all the same.
 * - `rest`: the money is spent, so nothing more is asked for this run.
 * - `all`: the endpoint does not let us in, as it would not for any other batch. Where others were read it is this one's fault after all.
 */
type Consequence = "again" | "this" | "rest" | "all";

function consequenceOf(error: unknown, attempts: number): Consequence {
  const isAnswer = error instanceof AppError;
  const mayHelp = !isAnswer || error.code === "rate_limited" || error.code === "cancelled";
  if (mayHelp) return attempts < BATCH_ATTEMPTS ? "again" : "this";
  if (error.code === "over_budget") return "rest";
  return error.code === "invalid_input" || error.code === "forbidden" ? "all" : "this";
}

/** Gives a batch back for another try, or gives it up with the reason in words; its run goes on with the others. */
export async function giveBack(
  ctx: Ctx,
  run: RunInput,
  batch: ClaimedBatch,
  owner: string,
  error: unknown,
): Promise<void> {
  const isAnswer = error instanceof AppError;
  const failure = isAnswer ? error.message : "Something in Winnow went wrong; the log says what. Try the batch again.";
  const consequence = consequenceOf(error, batch.attempts);
  ctx.log[isAnswer ? "warn" : "error"]({ error, batchId: batch.id, attempt: batch.attempts }, "analysis.batch failed");

  await transaction(ctx.db, async (tx) => {
    if (consequence === "rest" || consequence === "all") await holdOpenBatches(tx, run);
    const [mine] = await tx.query(
      `update batches set status = $3::"BatchStatus", lease_owner = null, lease_until = null, failure = $4,
              finished_at = case when $3 = 'failed' then $5::timestamptz end
        where id = $1 and status = 'running' and lease_owner = $2 returning id`,
      [batch.id, owner, consequence === "again" ? "pending" : "failed", failure, ctx.now()],
    );
    if (!mine || consequence === "again") return;
    const others = consequence === "rest" ? await giveUpPending(tx, ctx, run, failure) : 0;
    const [counted] = await tx.query<{ done: number }>(
      "update runs set batches_failed = batches_failed + $2 where id = $1 returning batches_done as done",
      [run.runId, 1 + others],
    );
    if (consequence === "all" && counted?.done === 0) {
      const words = `Batch ${batch.position + 1} could not be read: ${failure} The other batches were not tried.`;
      return failIn(tx, ctx, { ...run, failure: words });
    }
    emit(tx, { spaceId: run.spaceId, type: "run.progress", subjectId: run.runId, actor: ctx.actor, at: ctx.now() });
    await completeWhenDone(tx, ctx, run);
  });
}

async function giveUpPending(tx: Tx, ctx: Ctx, { runId }: RunInput, failure: string): Promise<number> {
  const given = await tx.query(
    `update batches set status = 'failed', failure = $2, finished_at = $3 where run_id = $1 and status = 'pending' returning id`,
    [runId, failure, ctx.now()],
  );
  return given.length;
}

/**
 * Reads the failed batches of a run again, these alone: the run goes on as it did when it was started.
 * @param input.batchIds some of them; all where it is left out
 * @throws AppError `conflict` for a run that is not completed, or has none of these failed; `not_found`
 */
export async function retryBatches(ctx: Ctx, input: RunInput & { batchIds?: string[] | undefined }): Promise<void> {
  const { spaceId, runId, batchIds = null } = input;
  await transaction(ctx.db, async (tx) => {
    await moveRun(tx, ctx, { spaceId, runId, from: ["completed", "reviewed"], to: "running", event: "run.started" });
    const again = await tx.query(
      `update batches set status = 'pending', attempts = 0, failure = null, started_at = null, finished_at = null
        where run_id = $1 and space_id = $2 and status = 'failed' and ($3::uuid[] is null or id = any($3)) returning id`,
      [runId, spaceId, batchIds],
    );
    if (again.length === 0) {
      throw new AppError(
        "conflict",
        "None of these batches has failed, so there is nothing to read again. Look at the run once more.",
      );
    }
    await tx.query(
      `update runs set batches_failed = batches_failed - $2, completed_at = null, reviewed_at = null where id = $1`,
      [runId, again.length],
    );
    const settings = await readSettings(tx, spaceId, ["analysis.parallelBatches"]);
    await openLanes(tx, { spaceId, runId }, { batches: again.length, atOnce: settings["analysis.parallelBatches"] });
  });
}
