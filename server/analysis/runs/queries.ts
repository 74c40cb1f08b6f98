import { nextMoment } from "#server/lib/cron.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { readSettings } from "#server/settings/index.ts";
import { transaction } from "#server/lib/db.ts";
import type { BatchModel, RunModel } from "#prisma/models.ts";

import type { RunAccuracy } from "../schema.ts";
import { callTotals } from "./calls.ts";
import { lastRunEnd } from "./schedule.ts";

/** The runs of a space, newest first, and what starts by itself. */
export async function listRuns(ctx: Ctx, input: { spaceId: string; limit: number }) {
  const [runs, costs, byItself] = await Promise.all([
    ctx.db.prisma.run.findMany({
      where: { spaceId: input.spaceId },
      orderBy: { createdAt: "desc" },
      take: input.limit,
    }),
    costsOf(ctx, input),
    whatStartsByItself(ctx, input),
  ]);
  return { items: runs.map((run) => ({ ...presentRun(run), costUsd: costs.get(run.id) ?? null })), byItself };
}

/** What the latest runs cost in US dollars, as far as prices are known. */
async function costsOf(ctx: Ctx, { spaceId, limit }: { spaceId: string; limit: number }): Promise<Map<string, number>> {
  const { rows } = await ctx.db.pool.query<{ id: string; costUsd: number }>(
    `select r.id, sum(c.cost_usd)::float8 as "costUsd"
       from (select id from runs where space_id = $1 order by created_at desc limit $2) r
       join llm_calls c on c.run_id = r.id and c.cost_usd is not null group by 1`,
    [spaceId, limit],
  );
  return new Map(rows.map(({ id, costUsd }) => [id, costUsd]));
}

/** Whether and when runs start by themselves, why the last of the schedule did not, and since when messages are new. */
async function whatStartsByItself(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const [space, settings, lastRunEndedAt] = await Promise.all([
    ctx.db.prisma.space.findUniqueOrThrow({ where: { id: spaceId } }),
    transaction(ctx.db, (tx) =>
      readSettings(tx, spaceId, [
        "analysis.auto",
        "analysis.autoMessages",
        "analysis.autoQuietMinutes",
        "analysis.schedule",
      ]),
    ),
    lastRunEnd(ctx, { spaceId }),
  ]);
  const schedule = settings["analysis.schedule"];
  return {
    automatic: settings["analysis.auto"]
      ? { messages: settings["analysis.autoMessages"], quietMinutes: settings["analysis.autoQuietMinutes"] }
      : null,
    nextScheduledAt: schedule === "" ? null : nextMoment(schedule, space.timeZone, ctx.now()),
    scheduleSkipped: schedule === "" ? null : space.scheduleSkipped,
    lastRunEndedAt,
  };
}

/** One run with its batches, how long it has still to go, and what its model calls took. */
export async function runById(ctx: Ctx, input: { spaceId: string; runId: string }) {
  const run = await ctx.db.prisma.run.findFirst({
    where: { id: input.runId, spaceId: input.spaceId },
    include: {
      batches: { orderBy: { position: "asc" }, include: { chat: { select: { title: true } } } },
      clones: { select: { id: true }, orderBy: { createdAt: "desc" } },
    },
  });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  const chats = await ctx.db.prisma.chat.findMany({
    where: { id: { in: run.chatIds }, spaceId: input.spaceId },
    select: { title: true },
    orderBy: { title: "asc" },
  });
  const calls = await callTotals(ctx, input);
  return {
    ...presentRun(run),
    costUsd: calls.costUsd,
    chatTitles: chats.map(({ title }) => title),
    timeLeftMs: run.status === "running" ? timeLeft(run.batches, ctx.now()) : null,
    batches: run.batches.map((batch) => ({
      id: batch.id,
      position: batch.position,
      status: batch.status,
      chatTitle: batch.chat.title,
      messageCount: batch.messageIds.length,
      contextCount: batch.contextIds.length,
      attempts: batch.attempts,
      dropped: batch.dropped,
      failure: batch.failure,
      startedAt: batch.startedAt,
      finishedAt: batch.finishedAt,
    })),
    cloneIds: run.clones.map(({ id }) => id),
    calls,
  };
}

type Timed = Pick<BatchModel, "status" | "startedAt" | "finishedAt">;

/** How many of the last batches say how long the next ones take. */
const LOOKED_AT = 20;

/**
 * How long the open batches of a run will take, in milliseconds, as the last ones did; null before one is done.
 * Those under way have done a part of it.
 */
export function timeLeft(batches: Timed[], now: Date): number | null {
  const durations = batches
    .filter((batch) => batch.status === "done" && batch.startedAt && batch.finishedAt)
    .toSorted((one, other) => other.finishedAt!.getTime() - one.finishedAt!.getTime())
    .slice(0, LOOKED_AT)
    .map((batch) => batch.finishedAt!.getTime() - batch.startedAt!.getTime());
  if (durations.length === 0) return null;
  const usual = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
  const running = batches.filter(({ status }) => status === "running");
  const waiting = batches.filter(({ status }) => status === "pending").length;
  const underWay = running.map(({ startedAt }) => Math.max(0, usual - (now.getTime() - (startedAt ?? now).getTime())));
  const work = waiting * usual + underWay.reduce((sum, ms) => sum + ms, 0);
  return Math.round(work / Math.max(1, running.length));
}

function presentRun(run: RunModel) {
  return {
    id: run.id,
    status: run.status,
    trigger: run.trigger,
    windowStart: run.windowStart,
    windowEnd: run.windowEnd,
    chatIds: run.chatIds,
    readsAgain: run.readsAgain,
    clonedFromId: run.clonedFromId,
    budgetCents: run.budgetCents,
    provider: run.provider,
    model: run.model,
    promptKey: run.promptKey,
    createdBy: (run.createdBy as Actor).name,
    messagesTotal: run.messagesTotal,
    messagesSkipped: run.messagesSkipped,
    batchesTotal: run.batchesTotal,
    batchesDone: run.batchesDone,
    batchesFailed: run.batchesFailed,
    proposals: {
      total: run.proposalsTotal,
      pending: run.proposalsPending,
      approved: run.proposalsApproved,
      rejected: run.proposalsRejected,
      merged: run.proposalsMerged,
    },
    failure: run.failure,
    accuracy: run.accuracy as RunAccuracy | null,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    completedAt: run.completedAt,
    reviewedAt: run.reviewedAt,
    endedAt: run.endedAt,
  };
}
