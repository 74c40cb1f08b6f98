import { AppError } from "#server/lib/errors.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import type { RunModel } from "#prisma/models.ts";

import type { RunAccuracy } from "../schema.ts";

/** The runs of a space, newest first. */
export async function listRuns(ctx: Ctx, input: { spaceId: string; limit: number }) {
  const runs = await ctx.db.prisma.run.findMany({
    where: { spaceId: input.spaceId },
    orderBy: { createdAt: "desc" },
    take: input.limit,
  });
  return { items: runs.map(presentRun) };
}

/** One run with its batches, and what its model calls took. */
export async function runById(ctx: Ctx, input: { spaceId: string; runId: string }) {
  const run = await ctx.db.prisma.run.findFirst({
    where: { id: input.runId, spaceId: input.spaceId },
    include: { batches: { orderBy: { position: "asc" }, include: { chat: { select: { title: true } } } } },
  });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  const calls = await ctx.db.prisma.llmCall.aggregate({
    where: { runId: run.id, spaceId: input.spaceId },
    _count: true,
    _sum: { inputTokens: true, outputTokens: true, costUsd: true, latencyMs: true },
  });
  return {
    ...presentRun(run),
    batches: run.batches.map((batch) => ({
      id: batch.id,
      position: batch.position,
      status: batch.status,
      chatTitle: batch.chat.title,
      messageCount: batch.messageIds.length,
      attempts: batch.attempts,
      dropped: batch.dropped,
      failure: batch.failure,
      startedAt: batch.startedAt,
      finishedAt: batch.finishedAt,
    })),
    calls: {
      count: calls._count,
      inputTokens: calls._sum.inputTokens,
      outputTokens: calls._sum.outputTokens,
      costUsd: calls._sum.costUsd?.toNumber() ?? null,
      latencyMs: calls._sum.latencyMs,
    },
  };
}

function presentRun(run: RunModel) {
  return {
    id: run.id,
    status: run.status,
    windowStart: run.windowStart,
    windowEnd: run.windowEnd,
    provider: run.provider,
    model: run.model,
    createdBy: (run.createdBy as Actor).name,
    messagesTotal: run.messagesTotal,
    batchesTotal: run.batchesTotal,
    batchesDone: run.batchesDone,
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
