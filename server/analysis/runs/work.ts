import { emit } from "#server/events/index.ts";
import type { JobRun } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { note } from "#server/lib/log.ts";
import type { Llm } from "#server/llm/index.ts";
import { messagesByIds } from "#server/messages/index.ts";
import { propose } from "#server/proposals/index.ts";
import { readSetting } from "#server/settings/index.ts";

import { whatIsKnown } from "../context/given.ts";
import { type Extracted, extract } from "../extraction/extract.ts";
import { claimBatch, type ClaimedBatch, keepLease, putBack, whatIsLeft } from "./claim.ts";
import { giveBack } from "./failed.ts";
import { completeWhenDone } from "./finish.ts";
import { keyOf } from "./reader.ts";
import { untilWoken, wakeLanes } from "./waiting.ts";

/** How soon a lane looks again whether a batch that it had to wait for is over, where another process has it. */
const LOOK_FOR_NEXT_MS = 50;
/** How often a lane without a batch looks whether one was given up by a dead worker. */
const LOOK_FOR_DEAD_MS = 1_000;

type Lane = { spaceId: string; runId: string; atOnce: number };

/**
 * Works on batches of a run until none is open. A lane that finds them all taken waits for them,
 * because the worker that has one may die.
 */
export async function workOnBatches(deps: { llm: Llm }, ctx: Ctx, lane: Lane, job: JobRun): Promise<void> {
  let done = 0;
  while (!job.signal.aborted) {
    const batch = await claimBatch(ctx, lane, job.workerProcessId);
    if (batch) {
      await workOnBatch(deps, ctx, lane, batch, job);
      wakeLanes(lane.runId);
      done += 1;
      continue;
    }
    const left = await whatIsLeft(ctx, lane.runId);
    if (left === "over") {
      note({ batches: done });
      return;
    }
    await untilWoken(lane.runId, left === "waiting" ? LOOK_FOR_NEXT_MS : LOOK_FOR_DEAD_MS, job.signal);
  }
  throw new AppError("cancelled", "The worker is stopping; the lane goes on when one starts again.");
}

async function workOnBatch(deps: { llm: Llm }, ctx: Ctx, lane: Lane, batch: ClaimedBatch, job: JobRun): Promise<void> {
  const stop = new AbortController();
  const renewing = keepLease(ctx, batch, job.workerProcessId, stop);
  try {
    const found = await read(deps, ctx, lane, batch, AbortSignal.any([stop.signal, job.signal]));
    await finishBatch(ctx, lane, batch, job.workerProcessId, found);
  } catch (error) {
    // The run was cancelled, or the lease went to someone else: either way this result is nobody's.
    if (stop.signal.aborted) return;
    if (job.signal.aborted) await putBack(ctx, batch, job.workerProcessId);
    else await giveBack(ctx, lane, batch, job.workerProcessId, error);
  } finally {
    await renewing.end();
  }
}

async function read(
  deps: { llm: Llm },
  ctx: Ctx,
  { spaceId, runId, atOnce }: Lane,
  { id: batchId, chatId, position, messageIds, contextIds }: ClaimedBatch,
  signal: AbortSignal,
): Promise<Extracted> {
  const [all, wishes] = await Promise.all([
    messagesByIds(ctx.db, { spaceId, ids: [...messageIds, ...contextIds] }),
    wishesOf(ctx, { spaceId, runId, chatId }),
  ]);
  const own = new Set(messageIds);
  const messages = all.filter(({ id }) => own.has(id));
  const text = messages.map((message) => message.text).join("\n");
  const given = await whatIsKnown(ctx, { spaceId, runId, beforePosition: position - atOnce + 1, text });
  return extract(deps, ctx, {
    ...{ spaceId, runId, batchId, position, messages, given, signal },
    timeZone: wishes.timeZone,
    contextMessages: all.filter(({ id }) => !own.has(id)),
    call: wishes.call,
  });
}

/** Whom the run asks and what it may cost, and by which clock the chat lives. */
async function wishesOf(ctx: Ctx, { spaceId, runId, chatId }: { spaceId: string; runId: string; chatId: string }) {
  const { rows } = await ctx.db.pool.query<{
    timeZone: string;
    providerId: string | null;
    model: string | null;
    budgetCents: number | null;
  }>(
    `select coalesce(c.time_zone, s.time_zone) as "timeZone", r.provider_id as "providerId", r.wanted_model as model,
            r.budget_cents as "budgetCents"
       from runs r join spaces s on s.id = r.space_id join chats c on c.id = $3 where r.id = $1 and r.space_id = $2`,
    [runId, spaceId, chatId],
  );
  const [row] = rows;
  if (!row) throw new AppError("not_found", "The chat of this batch is no longer there. Nothing of it was read.");
  const cents = row.budgetCents ?? (await readSetting(ctx.db, spaceId, "analysis.runBudgetCents"));
  const runBudgetCents = cents === 0 ? null : cents;
  return {
    timeZone: row.timeZone,
    // Without a model of its own the space's choice counts, its order of fallbacks too.
    call: row.model === null ? { runBudgetCents } : { providerId: row.providerId, model: row.model, runBudgetCents },
  };
}

/**
 * Result, proposals, counters and events in one transaction, and only while the lease is ours. The run's row, which all its batches
 * count in, comes last, so that they do not wait for each other.
 */
async function finishBatch(
  ctx: Ctx,
  { spaceId, runId }: Lane,
  batch: ClaimedBatch,
  owner: string,
  found: Extracted,
): Promise<void> {
  const at = ctx.now();
  await transaction(ctx.db, async (tx) => {
    const [mine] = await tx.query(
      `with mine as (
         update batches set status = 'done', lease_owner = null, lease_until = null, finished_at = $3, dropped = $4, failure = null
          where id = $1 and status = 'running' and lease_owner = $2 returning id
       ), read as (
         update run_messages set read_at = $3, prompt_key = $6
          where run_id = $5 and message_id = any($7) and skipped is null and exists (select from mine)
       )
       select id from mine`,
      [batch.id, owner, at, found.dropped, runId, keyOf(found), batch.messageIds],
    );
    if (!mine) return;
    const { generatedBy, promptKey, proposals } = found;
    await propose(tx, ctx, { spaceId, runId, batchId: batch.id, generatedBy, promptKey, proposals });
    const [run] = await tx.query<{ isOver: boolean }>(
      `update runs set batches_done = batches_done + 1 where id = $1
       returning batches_done + batches_failed = batches_total as "isOver"`,
      [runId],
    );
    emit(tx, { spaceId, type: "run.progress", subjectId: runId, actor: ctx.actor, at });
    if (run?.isOver) await completeWhenDone(tx, ctx, { spaceId, runId });
  });
}
