import type { JobRun } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Llm } from "#server/llm/index.ts";
import { messagesByIds } from "#server/messages/index.ts";
import type { NewProposal } from "#server/proposals/schema.ts";

import { whatIsKnown } from "../context/given.ts";
import { extract } from "../extraction/extract.ts";
import { withoutAnswers } from "./answers.ts";
import { announce, finishWhenRead } from "./replays.ts";

/** How soon a cancel is noticed within a batch. */
const LOOK_MS = 500;

type Lane = { spaceId: string; replayId: string; lane: number; lanes: number };
type ReplayBatch = {
  batchId: string;
  runId: string;
  position: number;
  messageIds: string[];
  contextIds: string[];
  timeZone: string;
  providerId: string | null;
  hasProvider: boolean;
  model: string | null;
  promptKey: string;
  system: string | null;
};

/**
 * Reads what is left of a lane's batches. What was read is kept with each batch, so that a lane that is started again after its
 * worker died reads, and pays for, none twice but the one that was under way.
 */
export async function readLane(deps: { llm: Llm }, ctx: Ctx, lane: Lane, job: JobRun): Promise<void> {
  for (const batch of await openBatches(ctx, lane)) {
    if (job.signal.aborted)
      throw new AppError("cancelled", "The worker is stopping; the lane goes on when one starts again.");
    if (!(await isRunning(ctx, lane.replayId))) return;
    await readBatch(deps, ctx, lane, batch, job);
  }
  await transaction(ctx.db, (tx) => finishWhenRead(tx, ctx, lane));
}

async function readBatch(deps: { llm: Llm }, ctx: Ctx, lane: Lane, batch: ReplayBatch, job: JobRun): Promise<void> {
  const cancel = new AbortController();
  const looker = setInterval(() => {
    isRunning(ctx, lane.replayId).then(
      (running) => running || cancel.abort(),
      (error: unknown) => ctx.log.warn({ error, ...lane }, "analysis.replay could not look whether it is wanted"),
    );
  }, LOOK_MS);
  const startedMs = performance.now();
  try {
    const signal = AbortSignal.any([cancel.signal, job.signal]);
    const { proposals, promptKey } = await ask(deps, ctx, lane, batch, signal);
    await keep(ctx, lane, batch, { found: proposals, failure: null, promptKey, latencyMs: msSince(startedMs) });
  } catch (error) {
    if (cancel.signal.aborted) return;
    if (job.signal.aborted || !(error instanceof AppError)) throw error;
    // It is one batch's trouble: the others can be compared without it.
    ctx.log.warn({ error, ...lane, batchId: batch.batchId }, "analysis.replay could not read a batch");
    await keep(ctx, lane, batch, {
      found: null,
      failure: error.message,
      promptKey: null,
      latencyMs: msSince(startedMs),
    });
  } finally {
    clearInterval(looker);
  }
}

async function ask(deps: { llm: Llm }, ctx: Ctx, { spaceId, replayId }: Lane, batch: ReplayBatch, signal: AbortSignal) {
  const [messages, contextMessages] = await Promise.all([
    messagesByIds(ctx.db, { spaceId, ids: batch.messageIds }),
    messagesByIds(ctx.db, { spaceId, ids: batch.contextIds }),
  ]);
  const text = messages.map((message) => message.text).join("\n");
  const known = await whatIsKnown(ctx, { spaceId, runId: null, beforePosition: batch.position, text });
  const given = await withoutAnswers(ctx, batch.runId, known);
  const found = await extract(deps, ctx, {
    ...{ spaceId, runId: null, batchId: null, replayId, position: batch.position, timeZone: batch.timeZone },
    ...{ messages, contextMessages, given, signal },
    call: {
      ...(batch.hasProvider ? { providerId: batch.providerId } : {}),
      model: batch.model ?? undefined,
      ...(batch.system === null ? { promptKey: batch.promptKey } : { system: batch.system }),
    },
  });
  if (found.fellBack) {
    throw new AppError(
      "unavailable",
      "The model did not answer. What the rules engine finds in its place says nothing of it.",
    );
  }
  return found;
}

async function keep(
  ctx: Ctx,
  lane: Lane,
  { batchId }: ReplayBatch,
  read: { found: NewProposal[] | null; failure: string | null; promptKey: string | null; latencyMs: number },
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [kept] = await tx.query(
      `update replay_batches set found = $3, failure = $4, latency_ms = $5, finished_at = $6
        where replay_id = $1 and batch_id = $2 and finished_at is null returning batch_id`,
      [lane.replayId, batchId, read.found && JSON.stringify(read.found), read.failure, read.latencyMs, ctx.now()],
    );
    if (!kept) return;
    if (read.promptKey !== null) {
      await tx.query("update replays set prompt_key = $2 where id = $1", [lane.replayId, read.promptKey]);
    }
    announce(tx, ctx, lane, "replay.progress");
  });
}

async function openBatches(ctx: Ctx, { spaceId, replayId, lane, lanes }: Lane): Promise<ReplayBatch[]> {
  const { rows } = await ctx.db.pool.query<ReplayBatch>(
    `select * from (
       select b.id as "batchId", b.run_id as "runId", b.position, b.message_ids as "messageIds", b.context_ids as "contextIds",
              coalesce(c.time_zone, s.time_zone) as "timeZone", r.provider_id as "providerId",
              r.provider_id is not null or r.model is not null as "hasProvider", r.model, r.prompt_key as "promptKey", r.system, rb.finished_at,
              row_number() over (order by b.position) - 1 as turn
         from replays r join replay_batches rb on rb.replay_id = r.id join batches b on b.id = rb.batch_id
         join chats c on c.id = b.chat_id join spaces s on s.id = r.space_id
        where r.id = $1 and r.space_id = $2 and r.status = 'running') each
      where finished_at is null and turn % $4 = $3 order by turn`,
    [replayId, spaceId, lane, lanes],
  );
  return rows;
}

async function isRunning(ctx: Ctx, replayId: string): Promise<boolean> {
  const { rows } = await ctx.db.pool.query("select from replays where id = $1 and status = 'running'", [replayId]);
  return rows.length > 0;
}

const msSince = (startedMs: number) => Math.round(performance.now() - startedMs);
