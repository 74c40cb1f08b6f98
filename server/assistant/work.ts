import { setInterval } from "node:timers";

import { type LivePost, type PostInput, sayLive } from "#server/channels/index.ts";
import { emit } from "#server/events/index.ts";
import { enqueue, type JobRun } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { claim, giveBack, hasWishToCancel, renew } from "./claim.ts";
import type { AssistantDeps } from "./deps.ts";
import { workRequest } from "./jobs.ts";
import { postOf, type RequestRow, requestRow } from "./request-row.ts";
import type { RequestResult } from "./schema.ts";
import { tell, tellWorking } from "./tell.ts";

/** How a request that is worked on is looked after: a cancel is noticed within this. */
const LOOK_MS = 400;

/** What a mode works with. */
export type Work = {
  deps: AssistantDeps;
  ctx: Ctx;
  request: RequestRow;
  /** Aborted when the person cancels, or the worker stops. */
  signal: AbortSignal;
  /** Shows how far it is, in place of what the post said before. */
  show: (content: PostInput) => void;
};

/** What a mode brings: its result, and what it adds to the conversation. */
export type Outcome = {
  result: RequestResult;
  turns?: { user: string; assistant: string };
  gap?: { nearest: string[] };
};
export type Mode = (work: Work) => Promise<Outcome>;

/**
 * Does what a request asks for, once, whatever happens to the processes that do it; then says what came of it. A request that is
 * done already is only told again. Whatever goes wrong reaches the person as a sentence in the place of "working".
 */
export async function workOn(
  deps: AssistantDeps & { modes: Record<RequestRow["mode"], Mode> },
  ctx: Ctx,
  { spaceId, requestId }: { spaceId: string; requestId: string },
  run: JobRun,
): Promise<void> {
  const claimed = await claim(ctx, { requestId, workerId: run.workerProcessId });
  if (claimed.type === "later") {
    await transaction(ctx.db, (tx) => enqueue(tx, workRequest, { spaceId, requestId }, { runAt: claimed.at }));
    return;
  }
  if (claimed.type === "mine") await work(deps, ctx, requestId, run);
  const request = await requestRow(ctx.db, { spaceId, requestId });
  if (request) await tell(deps, ctx, request, run.signal);
}

async function work(
  deps: AssistantDeps & { modes: Record<RequestRow["mode"], Mode> },
  ctx: Ctx,
  requestId: string,
  run: JobRun,
): Promise<void> {
  const request = await requestRow(ctx.db, { requestId });
  if (!request) return;
  const cancel = new AbortController();
  const signal = AbortSignal.any([cancel.signal, run.signal]);
  const looker = setInterval(() => {
    void lookAfter(ctx, requestId, run, cancel);
  }, LOOK_MS);
  let live: LivePost | undefined;
  try {
    // Work does not depend on whether it can be told how far it is.
    live = await sayLive(deps.channels, ctx, postOf(request, tellWorking(request)), { signal }).catch(
      (error: unknown) => {
        if (!(error instanceof AppError) || signal.aborted) throw error;
        ctx.log.warn({ error, requestId }, "assistant.work could not say that it began");
        return undefined;
      },
    );
    const outcome = await deps.modes[request.mode]({ deps, ctx, request, signal, show: live?.show ?? (() => {}) });
    await live?.stop();
    await finish(ctx, request, run, outcome);
  } catch (error) {
    await live?.stop();
    await settleFailure(ctx, request, run, { error, isCancelled: cancel.signal.aborted });
  } finally {
    clearInterval(looker);
  }
}

async function lookAfter(ctx: Ctx, requestId: string, run: JobRun, cancel: AbortController): Promise<void> {
  try {
    if (await hasWishToCancel(ctx, requestId)) cancel.abort();
    else await renew(ctx, { requestId, workerId: run.workerProcessId });
  } catch (error) {
    ctx.log.warn({ error, requestId }, "assistant.work could not look after its request");
  }
}

async function finish(ctx: Ctx, request: RequestRow, run: JobRun, { result, turns, gap }: Outcome): Promise<void> {
  const at = ctx.now();
  await transaction(ctx.db, async (tx) => {
    const [done] = await tx.query(
      `update requests set status = 'done', result = $3, finished_at = $4, lease_owner = null, lease_until = null
        where id = $1 and lease_owner = $2 and status = 'working' returning id`,
      [request.id, run.workerProcessId, JSON.stringify(result), at],
    );
    if (!done) return;
    for (const role of ["user", "assistant"] as const) {
      if (!turns) break;
      await tx.query(
        `insert into turns (id, space_id, conversation_id, request_id, role, text, at)
         values ($1, $2, $3, $4, $5::"TurnRole", $6, $7) on conflict do nothing`,
        [newId(), request.spaceId, request.conversationId, request.id, role, turns[role], at],
      );
    }
    if (gap) {
      await tx.query(
        `insert into gaps (id, space_id, request_id, question, nearest, created_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
        [newId(), request.spaceId, request.id, request.prompt, gap.nearest, at],
      );
      emit(tx, { spaceId: request.spaceId, type: "gap.opened", subjectId: request.id, actor: ctx.actor, at });
    }
  });
}

/** What may pass is given back to be tried again; what a person did, or cannot pass, ends the request in words. */
async function settleFailure(
  ctx: Ctx,
  request: RequestRow,
  run: JobRun,
  { error, isCancelled }: { error: unknown; isCancelled: boolean },
): Promise<void> {
  const isOurs = error instanceof AppError;
  if (isCancelled) return end(ctx, request, run, { status: "cancelled", failure: null });
  const mayPass = !isOurs || ["unavailable", "rate_limited", "cancelled"].includes(error.code);
  if (mayPass && !run.isLastAttempt) {
    await giveBack(ctx, { requestId: request.id, workerId: run.workerProcessId });
    throw error;
  }
  // The log has the whole of it; a person gets what they can act on.
  if (!isOurs) ctx.log.error({ error, requestId: request.id }, "assistant.work failed");
  return end(ctx, request, run, { status: "failed", failure: isOurs ? error.message : "bug" });
}

async function end(
  ctx: Ctx,
  request: RequestRow,
  run: JobRun,
  { status, failure }: { status: "failed" | "cancelled"; failure: string | null },
): Promise<void> {
  await ctx.db.pool.query(
    `update requests set status = $3::"RequestStatus", failure = $4, finished_at = $5, lease_owner = null, lease_until = null
      where id = $1 and lease_owner = $2 and status = 'working'`,
    [request.id, run.workerProcessId, status, failure, ctx.now()],
  );
}
