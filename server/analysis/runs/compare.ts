import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Confidence, ProposalKind, ProposalStatus } from "#prisma/enums.ts";

import { callTotals } from "./calls.ts";

type Found = {
  id: string;
  runId: string;
  kind: ProposalKind;
  title: string;
  status: ProposalStatus;
  confidence: Confidence;
  decisionCode: string | null;
};
type Pair = { a: string; b: string; overlap: number; likeness: number };

/** The same thing found twice: half of the shorter quote stands in the other, or the titles are nearly one. */
const LEAST_OVERLAP = 0.5;
const LEAST_LIKENESS = 0.5;

/**
 * Two runs beside each other: what both found, what only one did, how people decided, and what each took.
 * @throws AppError `not_found` for a run that is not in the space
 */
export async function compareRuns(ctx: Ctx, input: { spaceId: string; a: string; b: string }) {
  const [a, b] = await Promise.all([sideOf(ctx, input.spaceId, input.a), sideOf(ctx, input.spaceId, input.b)]);
  const [found, pairs] = await Promise.all([proposalsOf(ctx, input), likePairs(ctx, input)]);
  const byId = new Map(found.map(({ runId: _run, ...proposal }) => [proposal.id, proposal]));
  const matched = matchedPairs(pairs);
  const inBoth = new Set(matched.flatMap((pair) => [pair.a, pair.b]));
  const only = (runId: string) =>
    found.filter((each) => each.runId === runId && !inBoth.has(each.id)).map(({ id }) => byId.get(id)!);
  return {
    a,
    b,
    isSameWindow:
      a.windowStart.getTime() === b.windowStart.getTime() && a.windowEnd.getTime() === b.windowEnd.getTime(),
    both: matched.map((pair) => ({ a: byId.get(pair.a)!, b: byId.get(pair.b)! })),
    onlyA: only(input.a),
    onlyB: only(input.b),
  };
}

/** The likest first, each proposal in one pair at most. */
function matchedPairs(pairs: Pair[]): Pair[] {
  const taken = new Set<string>();
  return pairs
    .toSorted(
      (x, y) => y.overlap + y.likeness - (x.overlap + x.likeness) || x.a.localeCompare(y.a) || x.b.localeCompare(y.b),
    )
    .filter(({ a, b }) => {
      if (taken.has(`a ${a}`) || taken.has(`b ${b}`)) return false;
      taken.add(`a ${a}`).add(`b ${b}`);
      return true;
    });
}

async function sideOf(ctx: Ctx, spaceId: string, runId: string) {
  const run = await ctx.db.prisma.run.findFirst({ where: { id: runId, spaceId } });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  const { count, costUsd, withoutPrice, inputTokens, outputTokens } = await callTotals(ctx, { spaceId, runId });
  return {
    id: run.id,
    status: run.status,
    windowStart: run.windowStart,
    windowEnd: run.windowEnd,
    createdAt: run.createdAt,
    provider: run.provider,
    model: run.model,
    promptKey: run.promptKey,
    messages: run.messagesTotal,
    batches: run.batchesTotal,
    failed: run.batchesFailed,
    tookMs: run.startedAt && run.completedAt ? run.completedAt.getTime() - run.startedAt.getTime() : null,
    calls: { count, costUsd, withoutPrice, inputTokens, outputTokens },
    proposals: {
      total: run.proposalsTotal,
      pending: run.proposalsPending,
      approved: run.proposalsApproved,
      merged: run.proposalsMerged,
      rejected: run.proposalsRejected,
    },
  };
}

async function proposalsOf(ctx: Ctx, { spaceId, a, b }: { spaceId: string; a: string; b: string }): Promise<Found[]> {
  const { rows } = await ctx.db.pool.query<Found>(
    `select id, run_id as "runId", kind, title, status, confidence, decision_code as "decisionCode"
       from proposals where space_id = $1 and run_id in ($2, $3) order by created_at, id`,
    [spaceId, a, b],
  );
  return rows;
}

/** Pairs of one kind that are alike by the words they quote or by their titles. */
async function likePairs(ctx: Ctx, { spaceId, a, b }: { spaceId: string; a: string; b: string }): Promise<Pair[]> {
  const { rows } = await ctx.db.pool.query<Pair>(
    `with quoted as (
       select x.proposal_id as a, y.proposal_id as b,
              max((least(x.end_offset, y.end_offset) - greatest(x.start_offset, y.start_offset))::float8
                  / greatest(1, least(x.end_offset - x.start_offset, y.end_offset - y.start_offset))) as overlap
         from proposal_evidence x join proposals p on p.id = x.proposal_id and p.run_id = $2 and p.space_id = $1
         join proposal_evidence y on y.message_id = x.message_id and y.revision = x.revision
         join proposals q on q.id = y.proposal_id and q.run_id = $3 and q.space_id = $1 and q.kind = p.kind
        where x.merged_from_id is null and y.merged_from_id is null group by 1, 2
     )
     select p.id as a, q.id as b, greatest(0, coalesce(quoted.overlap, 0))::float8 as overlap, similarity(p.title, q.title)::float8 as likeness
       from proposals p join proposals q on q.run_id = $3 and q.space_id = $1 and q.kind = p.kind
       left join quoted on quoted.a = p.id and quoted.b = q.id
      where p.run_id = $2 and p.space_id = $1 and p.id <> q.id
        and (quoted.overlap >= ${LEAST_OVERLAP} or similarity(p.title, q.title) >= ${LEAST_LIKENESS})`,
    [spaceId, a, b],
  );
  return rows;
}
