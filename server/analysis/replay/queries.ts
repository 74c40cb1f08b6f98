import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import type { ProposalKind, ProposalStatus, ReplayStatus } from "#prisma/enums.ts";

import { share } from "../learning/accuracy.ts";
import { compare, type Decided } from "./compare.ts";

/** What a replay, or the run that it reads again, took: figures of their model calls over the batches that are compared. */
export type Took = {
  calls: number;
  inputTokens: number | null;
  outputTokens: number | null;
  /** Null where the price of the model is not known. */
  costUsd: number | null;
  /** Waiting for the model, all calls together. */
  waitedMs: number;
};

type Row = {
  id: string;
  runId: string;
  status: ReplayStatus;
  windowStart: Date;
  windowEnd: Date;
  createdBy: Actor;
  createdAt: Date;
  finishedAt: Date | null;
  failure: string | null;
  promptKey: string;
  system: string | null;
  wantedModel: string | null;
  askedModels: string[] | null;
  providerName: string | null;
  batches: number;
  batchesRead: number;
  batchesFailed: number;
};

const SELECT = `
  select r.id, r.run_id as "runId", r.status, run.window_start as "windowStart", run.window_end as "windowEnd",
         r.created_by as "createdBy", r.created_at as "createdAt", r.finished_at as "finishedAt", r.failure,
         r.prompt_key as "promptKey", r.system, r.model as "wantedModel", p.name as "providerName",
         (select array_agg(distinct model) from llm_calls where replay_id = r.id) as "askedModels",
         count(*)::int as batches, count(*) filter (where rb.found is not null)::int as "batchesRead",
         count(*) filter (where rb.failure is not null)::int as "batchesFailed"
    from replays r join runs run on run.id = r.run_id join replay_batches rb on rb.replay_id = r.id
    left join llm_providers p on p.id = r.provider_id`;

/** The replays of a space, newest first; those of one run where it is named. */
export async function listReplays(ctx: Ctx, input: { spaceId: string; runId?: string | undefined; limit: number }) {
  const { rows } = await ctx.db.pool.query<Row>(
    `${SELECT} where r.space_id = $1 and ($2::uuid is null or r.run_id = $2)
      group by r.id, run.id, p.id order by r.created_at desc limit $3`,
    [input.spaceId, input.runId ?? null, input.limit],
  );
  return { items: rows.map(presentReplay) };
}

/** One replay, held against what people decided on the same batches: only those that were read count. */
export async function replayById(ctx: Ctx, input: { spaceId: string; replayId: string }) {
  const { rows } = await ctx.db.pool.query<Row>(
    `${SELECT} where r.space_id = $1 and r.id = $2 group by r.id, run.id, p.id`,
    [input.spaceId, input.replayId],
  );
  const [row] = rows;
  if (!row) throw new AppError("not_found", "There is no such replay in this space.");
  const read = await readBatches(ctx, row.id);
  const batchIds = read.map(({ batchId }) => batchId);
  const messageIds = read.flatMap((batch) => batch.messageIds);
  const [decided, taken, original] = await Promise.all([
    decidedIn(ctx, { runId: row.runId, batchIds, messageIds }),
    took(ctx, "replay_id = $1", [row.id]),
    took(ctx, "batch_id = any($1)", [batchIds]),
  ]);
  const found = read
    .flatMap((batch) => batch.found ?? [])
    .map(({ evidence, ...each }) => ({ ...each, quotes: evidence }));
  const compared = compare(decided, found);

  const useful = compared.useful;
  const foundAgain = useful.filter((each) => each.found !== null).length;
  const rejected = decided.filter(({ verdict }) => verdict === "rejected").length;
  const byRun = useful.filter((each) => !each.decided.isMissed).length;
  const named = (each: (typeof decided)[number]) => ({
    proposalId: each.id,
    kind: each.kind,
    title: each.title,
    quote: each.quotes[0]?.quote ?? null,
    isMissed: each.isMissed,
  });
  const pair = ({
    decided: one,
    found: it,
  }: {
    decided: (typeof decided)[number];
    found: (typeof found)[number] | null;
  }) => ({
    ...named(one),
    foundTitle: it?.title ?? null,
  });
  return {
    ...presentReplay(row),
    failures: read.length < row.batches ? await failuresOf(ctx, row.id) : [],
    messages: messageIds.length,
    /** How many decisions the figures rest on. */
    decisions: { useful: useful.length, rejected, open: decided.filter(({ verdict }) => verdict === "open").length },
    replay: {
      found: foundAgain,
      missed: useful.length - foundAgain,
      wronglyFound: compared.rejectedAgain.length,
      open: compared.openAgain.length,
      extra: compared.extra.length,
      repeated: compared.repeated,
      recall: share(foundAgain, useful.length),
      precision: share(foundAgain, foundAgain + compared.rejectedAgain.length),
      ...taken,
    },
    original: {
      found: byRun,
      missed: useful.length - byRun,
      wronglyFound: rejected,
      recall: share(byRun, useful.length),
      precision: share(byRun, byRun + rejected),
      ...original,
    },
    rows: {
      found: useful.filter((each) => each.found !== null).map(pair),
      missed: useful.filter((each) => each.found === null).map(pair),
      wronglyFound: compared.rejectedAgain.map(pair),
      extra: compared.extra.map(({ kind, title, quotes }) => ({ kind, title, quote: quotes[0]?.quote ?? null })),
    },
  };
}

async function readBatches(ctx: Ctx, replayId: string) {
  const { rows } = await ctx.db.pool.query<{ batchId: string; messageIds: string[]; found: FoundThing[] | null }>(
    `select b.id as "batchId", b.message_ids as "messageIds", rb.found from replay_batches rb join batches b on b.id = rb.batch_id
      where rb.replay_id = $1 and rb.found is not null order by b.position`,
    [replayId],
  );
  return rows;
}
type QuoteOf = { messageId: string; revision: number; start: number; end: number; quote: string };
type FoundThing = { kind: ProposalKind; title: string; evidence: QuoteOf[] };

/** What the run proposed in these batches, and what people had to ask for that stands in them. */
async function decidedIn(ctx: Ctx, given: { runId: string; batchIds: string[]; messageIds: string[] }) {
  const { rows } = await ctx.db.pool.query<
    Omit<Decided, "verdict" | "quotes"> & { status: ProposalStatus; isMissed: boolean; quotes: QuoteOf[] | null }
  >(
    `select p.id, p.kind, p.title, p.status, p.is_missed as "isMissed", p.merged_into_id as "mergedIntoId",
            (select json_agg(json_build_object('messageId', e.message_id, 'revision', e.revision, 'start', e.start_offset,
                                               'end', e.end_offset, 'quote', e.quote) order by e.position)
               from proposal_evidence e where e.proposal_id = p.id and e.merged_from_id is null) as quotes
       from proposals p
      where (p.run_id = $1 and p.batch_id = any($2))
         or (p.is_missed and p.status <> 'rejected' and p.space_id = (select space_id from runs where id = $1)
             and exists (select from proposal_evidence e where e.proposal_id = p.id and e.message_id = any($3)))
      order by p.created_at, p.id`,
    [given.runId, given.batchIds, given.messageIds],
  );
  return rows.map(({ status, quotes, ...row }) => ({
    ...row,
    quotes: quotes ?? [],
    verdict: VERDICTS[status],
  }));
}
const VERDICTS = {
  approved: "useful",
  merged: "useful",
  rejected: "rejected",
  pending: "open",
} as const satisfies Record<ProposalStatus, Decided["verdict"]>;

async function took(ctx: Ctx, where: "replay_id = $1" | "batch_id = any($1)", values: unknown[]): Promise<Took> {
  const { rows } = await ctx.db.pool.query<Took>(
    `select count(*)::int as calls, sum(input_tokens)::float8 as "inputTokens", sum(output_tokens)::float8 as "outputTokens",
            sum(cost_usd)::float8 as "costUsd", coalesce(sum(latency_ms), 0)::float8 as "waitedMs"
       from llm_calls where ${where}`,
    values,
  );
  const [sums] = rows;
  if (!sums) throw new Error("A sum over no rows is still a row.");
  return sums;
}

async function failuresOf(ctx: Ctx, replayId: string) {
  const { rows } = await ctx.db.pool.query<{ position: number; failure: string }>(
    `select b.position, rb.failure from replay_batches rb join batches b on b.id = rb.batch_id
      where rb.replay_id = $1 and rb.failure is not null order by b.position`,
    [replayId],
  );
  return rows;
}

function presentReplay(row: Row) {
  const { createdBy, wantedModel, askedModels, system, ...rest } = row;
  return {
    ...rest,
    createdBy: createdBy.name,
    /** The model that was named, or those that were asked; null where none was: the rules engine read. */
    model: wantedModel ?? askedModels?.join(", ") ?? null,
    hasOwnWords: system !== null,
    system,
  };
}
