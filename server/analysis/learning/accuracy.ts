import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import type { RunAccuracy, Tally } from "../schema.ts";
import { readBefore } from "./missed.ts";

type Count = {
  kind: string;
  confidence: string;
  model: string;
  prompt: string;
  code: string | null;
  status: "approved" | "rejected" | "merged";
  edited: boolean;
  /** Whether somebody thought it of use; null where a rule approved it and nobody looked since. */
  useful: boolean | null;
  count: number;
};

/** Counts a run's decisions from their rows: in all, by kind, confidence band, model and prompt; and what it had missed. */
export async function measureAccuracy(tx: Pick<Tx, "query">, runId: string): Promise<RunAccuracy> {
  const counts = await tx.query<Count>(
    `select p.kind, p.confidence, p.generated_by as model, coalesce(p.prompt_key, r.prompt_key, r.prompt_version::text, 'none') as prompt,
            p.decision_code as code, p.status, p.edit_count > 0 as edited,
            case when p.auto_rule_id is null then p.status <> 'rejected' else a.was_right end as useful, count(*)::int as count
       from proposals p join runs r on r.id = p.run_id left join approval_audits a on a.proposal_id = p.id
      where p.run_id = $1 and p.status <> 'pending' group by 1, 2, 3, 4, 5, 6, 7, 8`,
    [runId],
  );
  const [missing] = await tx.query<{ missed: number }>(
    `select count(*)::int as missed from proposals p
      where p.is_missed and p.status in ('approved', 'merged') and $1 in (${readBefore("p")})`,
    [runId],
  );
  const all = tally(counts);
  const useful = sum(counts.filter((each) => each.useful));
  const judged = sum(counts.filter((each) => each.useful !== null));
  const missed = missing?.missed ?? 0;
  const rejected = counts.filter(({ status }) => status === "rejected");
  const byCode = Object.groupBy(rejected, ({ code }) => code ?? "none");
  return {
    ...all,
    editedBefore: sum(counts.filter((each) => each.edited && each.status !== "rejected")),
    precision: share(useful, judged),
    byKind: tallyBy(counts, (each) => each.kind),
    byConfidence: tallyBy(counts, (each) => each.confidence),
    byModel: tallyBy(counts, (each) => each.model),
    byPrompt: tallyBy(counts, (each) => each.prompt),
    rejectCodes: Object.fromEntries(Object.entries(byCode).map(([code, group = []]) => [code, sum(group)])),
    missed,
    recall: share(useful, useful + missed),
  };
}

/** How the decisions on a run's proposals came out up to now: what was stored when it was closed may have changed since. */
export async function accuracyOfRun(ctx: Ctx, input: { spaceId: string; runId: string }): Promise<RunAccuracy> {
  const run = await ctx.db.prisma.run.findFirst({ where: { id: input.runId, spaceId: input.spaceId } });
  if (!run) throw new AppError("not_found", "There is no such run in this space.");
  return measureAccuracy({ query: async (sql, values) => (await ctx.db.pool.query(sql, values)).rows }, run.id);
}

/** A part of a whole, 0 to 1; null where there is no whole. */
export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function tallyBy(counts: Count[], keyOf: (count: Count) => string): Record<string, Tally> {
  const groups = Object.groupBy(counts, keyOf);
  return Object.fromEntries(Object.entries(groups).map(([key, group = []]) => [key, tally(group)]));
}

function tally(counts: Count[]): Tally {
  const of = (status: Count["status"]) => sum(counts.filter((each) => each.status === status));
  return { total: sum(counts), approved: of("approved"), rejected: of("rejected"), merged: of("merged") };
}

const sum = (counts: Count[]) => counts.reduce((total, each) => total + each.count, 0);
