import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { RunInput } from "./runs.ts";

/** What the model calls of a run took, from their rows. */
export type CallTotals = {
  count: number;
  /** How many ended how: ok, timeout, rate_limited, unavailable, bad_answer, refused, cancelled. */
  byOutcome: Record<string, number>;
  /** Null where no endpoint said. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** Of the input, what endpoints had in their caches. */
  cachedTokens: number | null;
  /** Of the calls whose price is known; null where none is. */
  costUsd: number | null;
  /** Calls that read or wrote something, at a price that nobody knows. */
  withoutPrice: number;
  latencyMs: number;
  /** The middle one of the calls that were answered; null where none was. */
  latencyP50Ms: number | null;
};

export async function callTotals(ctx: Ctx, { spaceId, runId }: RunInput): Promise<CallTotals> {
  const { rows } = await ctx.db.pool.query<CallTotals>(
    `select count(*)::int as count, sum(input_tokens)::float8 as "inputTokens", sum(output_tokens)::float8 as "outputTokens",
            sum(cached_tokens)::float8 as "cachedTokens", sum(cost_usd)::float8 as "costUsd",
            (count(*) filter (where cost_usd is null and input_tokens is not null))::int as "withoutPrice",
            coalesce(sum(latency_ms), 0)::float8 as "latencyMs",
            percentile_cont(0.5) within group (order by latency_ms) filter (where outcome = 'ok') as "latencyP50Ms",
            (select coalesce(json_object_agg(outcome, n), '{}') from (
               select outcome, count(*)::int as n from llm_calls where run_id = $1 and space_id = $2 group by 1) o) as "byOutcome"
       from llm_calls where run_id = $1 and space_id = $2`,
    [runId, spaceId],
  );
  return rows[0]!;
}

const PAGE = 50;

/**
 * The model calls of a run one by one, in their order.
 * @param input.cursor the last call of the page before
 */
export async function listCalls(ctx: Ctx, input: RunInput & { cursor?: string | undefined }) {
  const { spaceId, runId, cursor } = input;
  const run = await ctx.db.prisma.run.findFirst({ where: { id: runId, spaceId }, select: { id: true } });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  const rows = await ctx.db.prisma.llmCall.findMany({
    where: { runId, spaceId, ...(cursor ? { id: { gt: cursor } } : {}) },
    orderBy: { id: "asc" },
    take: PAGE + 1,
    include: { batch: { select: { position: true } } },
  });
  const page = rows.slice(0, PAGE);
  return {
    items: page.map((call) => ({
      id: call.id,
      batch: call.batch === null ? null : call.batch.position + 1,
      attempt: call.attempt,
      provider: call.provider,
      model: call.model,
      promptKey: call.promptKey ?? String(call.promptVersion),
      outcome: call.outcome,
      inputTokens: call.inputTokens,
      outputTokens: call.outputTokens,
      cachedTokens: call.cachedTokens,
      costUsd: call.costUsd?.toNumber() ?? null,
      latencyMs: call.latencyMs,
      startedAt: call.startedAt,
    })),
    nextCursor: rows.length > PAGE ? (page.at(-1)?.id ?? null) : null,
  };
}
