import { emit } from "#server/events/index.ts";
import type { JobRun } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { note } from "#server/lib/log.ts";
import type { Llm } from "#server/llm/index.ts";
import { messagesByIds } from "#server/messages/index.ts";
import { propose } from "#server/proposals/index.ts";

import { extract } from "../extraction/extract.ts";
import { failRun } from "./runs.ts";

/** A lease that is not renewed for this long means that its worker died; another takes the batch. */
const LEASE_S = 15;
/** How often a lease is renewed, and with it how soon a cancel is noticed within a batch. */
const RENEW_INTERVAL_MS = 500;
/** How often a lane without a batch looks whether one was given up by a dead worker. */
const LOOK_AGAIN_MS = 1_000;
/** Tries of one batch before its run fails. */
const BATCH_ATTEMPTS = 3;

type RunRef = { spaceId: string; runId: string };
type ClaimedBatch = { id: string; position: number; messageIds: string[]; attempts: number };

/**
 * Works on batches of a run until none is open. A lane that finds them all taken waits for them,
 * because the worker that has one may die.
 */
export async function workOnBatches(deps: { llm: Llm }, ctx: Ctx, run: RunRef, job: JobRun): Promise<void> {
  let done = 0;
  while (!job.signal.aborted) {
    const batch = await claimBatch(ctx, run, job.workerProcessId);
    if (batch) {
      await workOnBatch(deps, ctx, run, batch, job);
      done += 1;
    } else if (await hasOpenBatch(ctx, run)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    } else {
      note({ batches: done });
      return;
    }
  }
  throw new AppError("cancelled", "The worker is stopping; the lane goes on when one starts again.");
}

async function claimBatch(ctx: Ctx, { runId }: RunRef, owner: string): Promise<ClaimedBatch | undefined> {
  const { rows } = await ctx.db.pool.query<ClaimedBatch>(
    `update batches
        set status = 'running', lease_owner = $2, lease_until = now() + make_interval(secs => $3),
            attempts = attempts + 1, started_at = coalesce(started_at, $4)
      where id = (select batches.id from batches join runs on runs.id = batches.run_id and runs.status = 'running'
                   where run_id = $1 and (batches.status = 'pending' or (batches.status = 'running' and lease_until < now()))
                   order by position limit 1 for update of batches skip locked)
     returning id, position, message_ids as "messageIds", attempts`,
    [runId, owner, LEASE_S, ctx.now()],
  );
  return rows[0];
}

async function hasOpenBatch(ctx: Ctx, { runId }: RunRef): Promise<boolean> {
  const { rows } = await ctx.db.pool.query(
    `select from batches join runs on runs.id = batches.run_id and runs.status = 'running'
      where run_id = $1 and batches.status in ('pending', 'running') limit 1`,
    [runId],
  );
  return rows.length > 0;
}

async function workOnBatch(deps: { llm: Llm }, ctx: Ctx, run: RunRef, batch: ClaimedBatch, job: JobRun): Promise<void> {
  const stop = new AbortController();
  const renewing = keepLease(ctx, batch, job.workerProcessId, stop);
  try {
    const messages = await messagesByIds(ctx.db, { spaceId: run.spaceId, ids: batch.messageIds });
    const { timeZone } = await ctx.db.prisma.space.findUniqueOrThrow({ where: { id: run.spaceId } });
    const signal = AbortSignal.any([stop.signal, job.signal]);
    const found = await extract(deps.llm, { ...run, batchId: batch.id, timeZone, messages, signal });
    await finishBatch(ctx, run, batch, job.workerProcessId, found);
  } catch (error) {
    // The run was cancelled, or the lease went to someone else: either way this result is nobody's.
    if (stop.signal.aborted) return;
    if (job.signal.aborted) await putBack(ctx, batch, job.workerProcessId);
    else await giveBack(ctx, run, batch, job.workerProcessId, error);
  } finally {
    await renewing.end();
  }
}

/** Renews the lease while the model works; aborts the work when the lease or the run is gone. */
function keepLease(ctx: Ctx, batch: ClaimedBatch, owner: string, stop: AbortController) {
  let ended = false;
  let wake = () => {};
  const loop = async () => {
    while (!ended && !stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, RENEW_INTERVAL_MS);
      });
      if (ended) return;
      try {
        const { rowCount } = await ctx.db.pool.query(
          `update batches set lease_until = now() + make_interval(secs => $3)
            where id = $1 and status = 'running' and lease_owner = $2`,
          [batch.id, owner, LEASE_S],
        );
        if (rowCount === 0) stop.abort();
      } catch (error) {
        // The database is away: the lease may run out, and then finishBatch will find that it is not ours.
        ctx.log.warn({ error, batchId: batch.id }, "analysis.lease could not be renewed");
      }
    }
  };
  const looping = loop();
  return {
    end: () => {
      ended = true;
      wake();
      return looping;
    },
  };
}

/** Result, proposals, counters and events in one transaction, and only while the lease is ours. */
async function finishBatch(
  ctx: Ctx,
  run: RunRef,
  batch: ClaimedBatch,
  owner: string,
  found: Awaited<ReturnType<typeof extract>>,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [mine] = await tx.query(
      `update batches set status = 'done', lease_owner = null, lease_until = null, finished_at = $3, dropped = $4
        where id = $1 and status = 'running' and lease_owner = $2 returning id`,
      [batch.id, owner, ctx.now(), found.dropped],
    );
    if (!mine) return;
    await propose(tx, ctx, { ...run, batchId: batch.id, generatedBy: found.generatedBy, proposals: found.proposals });
    await tx.query("update runs set batches_done = batches_done + 1 where id = $1", [run.runId]);
    emit(tx, { spaceId: run.spaceId, type: "run.progress", subjectId: run.runId, actor: ctx.actor, at: ctx.now() });
    await completeWhenDone(tx, ctx, run);
  });
}

/** Completes a run whose batches are all done; without a proposal to decide it is reviewed by itself. */
export async function completeWhenDone(tx: Tx, ctx: Ctx, { spaceId, runId }: RunRef): Promise<void> {
  const at = ctx.now();
  const [completed] = await tx.query<{ reviewed: boolean }>(
    `update runs
        set status = case when proposals_pending = 0 then 'reviewed' else 'completed' end::"RunStatus",
            completed_at = $2::timestamptz, reviewed_at = case when proposals_pending = 0 then $2::timestamptz end
      where id = $1 and status = 'running' and batches_done = batches_total
     returning status = 'reviewed' as reviewed`,
    [runId, at],
  );
  if (!completed) return;
  emit(tx, { spaceId, type: "run.completed", subjectId: runId, actor: ctx.actor, at });
  if (completed.reviewed) emit(tx, { spaceId, type: "run.reviewed", subjectId: runId, actor: ctx.actor, at });
}

/** The worker is stopping: the batch goes back as it was, for that was not its fault. */
async function putBack(ctx: Ctx, batch: ClaimedBatch, owner: string): Promise<void> {
  await ctx.db.pool.query(
    `update batches set status = 'pending', lease_owner = null, lease_until = null, attempts = attempts - 1
      where id = $1 and status = 'running' and lease_owner = $2`,
    [batch.id, owner],
  );
}

/** Puts a batch back for another try; after the last one its run fails, with the reason. */
async function giveBack(ctx: Ctx, run: RunRef, batch: ClaimedBatch, owner: string, error: unknown): Promise<void> {
  const isAnswer = error instanceof Error && error.name === "AppError";
  const isLast = batch.attempts >= BATCH_ATTEMPTS;
  const failure = isAnswer ? error.message : "Something in Winnow went wrong; the log says what.";
  ctx.log[isAnswer ? "warn" : "error"]({ error, batchId: batch.id, attempt: batch.attempts }, "analysis.batch failed");
  await ctx.db.pool.query(
    `update batches set status = $3::"BatchStatus", lease_owner = null, lease_until = null, failure = $4,
            finished_at = case when $3 = 'failed' then $5::timestamptz end
      where id = $1 and status = 'running' and lease_owner = $2`,
    [batch.id, owner, isLast ? "failed" : "pending", failure, ctx.now()],
  );
  if (isLast) {
    await failRun(ctx, {
      ...run,
      failure: `Batch ${batch.position + 1} could not be read: ${failure} What was found before can still be decided; start a new run for the rest.`,
    });
  }
}
