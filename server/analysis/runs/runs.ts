import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Provider } from "#server/llm/index.ts";
import type { EventType } from "#server/events/schema.ts";
import type { RunStatus } from "#prisma/enums.ts";

import { measureAccuracy } from "../learning/accuracy.ts";
import { EXTRACTION_VERSION } from "../extraction/extract.ts";
import { prepareRun } from "../jobs.ts";
import { OPEN_STATES, STATE_IN_WORDS, statesBefore } from "./state.ts";

export type RunInput = { spaceId: string; runId: string };

/** Starts a pending run. Of any number of starts, one does. */
export async function startRun(ctx: Ctx, input: RunInput & { provider: Provider }): Promise<void> {
  await transaction(ctx.db, (tx) => startIn(tx, ctx, input));
}

/** The same within a transaction, with what makes it necessary. */
export async function startIn(tx: Tx, ctx: Ctx, input: RunInput & { provider: Provider }): Promise<void> {
  await moveRun(tx, ctx, { ...input, from: ["pending"], to: "running", event: "run.started" });
  await tx.query("update runs set started_at = $2, provider = $3, model = $4, prompt_version = $5 where id = $1", [
    input.runId,
    ctx.now(),
    input.provider.name,
    input.provider.model,
    EXTRACTION_VERSION,
  ]);
  await enqueue(tx, prepareRun, { spaceId: input.spaceId, runId: input.runId });
}

/** Cancels a run that has not ended. Batches under way are given up; proposals found so far can still be decided. */
export async function cancelRun(ctx: Ctx, input: RunInput): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await holdOpenBatches(tx, input);
    await moveRun(tx, ctx, { ...input, to: "cancelled", event: "run.cancelled" });
    await giveUpBatches(tx, ctx, input.runId);
  });
}

/** Ends a run that cannot go on, with the reason in words. Does nothing when it has ended already. */
export async function failRun(ctx: Ctx, input: RunInput & { failure: string }): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await holdOpenBatches(tx, input);
    await failIn(tx, ctx, input);
  });
}

/** The same within the transaction that finds it out, which holds the open batches. */
export async function failIn(tx: Tx, ctx: Ctx, input: RunInput & { failure: string }): Promise<void> {
  const [failed] = await tx.query(
    "update runs set status = 'failed', failure = $3, ended_at = $4 where id = $1 and space_id = $2 and status = 'running' returning id",
    [input.runId, input.spaceId, input.failure, ctx.now()],
  );
  if (!failed) return;
  await giveUpBatches(tx, ctx, input.runId);
  emit(tx, { spaceId: input.spaceId, type: "run.failed", subjectId: input.runId, actor: ctx.actor, at: ctx.now() });
}

/**
 * Closes a run whose proposals are all decided, and keeps how the decisions came out. After that none can be undone.
 * @throws AppError `invalid_input` saying how many are still pending
 */
export async function closeRun(ctx: Ctx, input: RunInput): Promise<void> {
  await transaction(ctx.db, (tx) => closeIn(tx, ctx, input));
}

/** The same within a transaction. */
export async function closeIn(tx: Tx, ctx: Ctx, input: RunInput): Promise<void> {
  const [run] = await tx.query<{ status: RunStatus; pending: number }>(
    "select status, proposals_pending as pending from runs where id = $1 and space_id = $2 for update",
    [input.runId, input.spaceId],
  );
  if (run && statesBefore("closed").includes(run.status) && run.pending > 0) {
    const what = run.pending === 1 ? "1 proposal is" : `${run.pending} proposals are`;
    throw new AppError("invalid_input", `${what} still waiting for a decision. Decide first, then close the run.`);
  }
  await moveRun(tx, ctx, { ...input, to: "closed", event: "run.closed" });
  await tx.query("update runs set accuracy = $2 where id = $1", [input.runId, await measureAccuracy(tx, input.runId)]);
}

/**
 * The one way to change a run's state: a compare-and-set on the states that may move there.
 * @param input.from where this command is for some of them alone
 */
export async function moveRun(
  tx: Tx,
  ctx: Ctx,
  {
    spaceId,
    runId,
    to,
    event,
    from = statesBefore(to),
  }: RunInput & { to: RunStatus; event: EventType; from?: readonly RunStatus[] },
): Promise<void> {
  const at = ctx.now();
  const isEnd = !OPEN_STATES.includes(to);
  const [moved] = await tx.query(
    `update runs set status = $3::"RunStatus", ended_at = case when $4 then $5 else ended_at end
      where id = $1 and space_id = $2 and status = any($6::"RunStatus"[]) returning id`,
    [runId, spaceId, to, isEnd, at, from],
  );
  if (!moved) {
    const [run] = await tx.query<{ status: RunStatus }>("select status from runs where id = $1 and space_id = $2", [
      runId,
      spaceId,
    ]);
    if (!run) throw new AppError("not_found", "There is no such run in this space.");
    throw new AppError("conflict", `This run is ${STATE_IN_WORDS[run.status]}, so it cannot become ${to}.`);
  }
  emit(tx, { spaceId, type: event, subjectId: runId, actor: ctx.actor, at });
}

/**
 * Locks the batches of a run that are not over, in their order, for whoever is about to end them with it. A batch that ends locks its
 * own row and then its run's: to lock them the other way round would be to wait for each other.
 */
export async function holdOpenBatches(tx: Tx, { spaceId, runId }: RunInput): Promise<void> {
  await tx.query(
    `select from batches where run_id = $1 and space_id = $2 and status in ('pending', 'running') order by position for update`,
    [runId, spaceId],
  );
}

async function giveUpBatches(tx: Tx, ctx: Ctx, runId: string) {
  await tx.query(
    `update batches set status = 'cancelled', lease_owner = null, lease_until = null, finished_at = $2
      where run_id = $1 and status in ('pending', 'running')`,
    [runId, ctx.now()],
  );
}
