import type { Ctx } from "#server/lib/ctx.ts";

import type { Backtest, RuleConditions } from "../schema.ts";
import { factsOf, matches } from "./facts.ts";

/** The decisions that a rule is tried on: the newest that people made. */
const DECISIONS = 200;
const MOST_EXAMPLES = 10;

/** What a rule would have done with the last decisions of people in a space. Computed from the rows, nothing is kept. */
export async function backtest(
  ctx: Ctx,
  { spaceId, conditions }: { spaceId: string; conditions: RuleConditions },
): Promise<Backtest> {
  const { rows } = await ctx.db.pool.query<{ id: string; isRight: boolean; at: Date }>(
    `select id, status = 'approved' and edit_count = 0 as "isRight", decided_at as at
       from proposals
      where space_id = $1 and status <> 'pending' and auto_rule_id is null and decided_by ->> 'type' <> 'system'
      order by decided_at desc, id desc limit ${DECISIONS}`,
    [spaceId],
  );
  const facts = await factsOf(
    ctx.db,
    spaceId,
    rows.map((row) => row.id),
  );
  const matching = new Set(facts.filter((each) => matches(conditions, each)).map((each) => each.id));
  const approved = rows.filter((row) => matching.has(row.id));
  const right = approved.filter((row) => row.isRight).length;
  return {
    from: rows.at(-1)?.at.toISOString() ?? null,
    decisions: rows.length,
    wouldApprove: approved.length,
    ofThoseApproved: right,
    precision: approved.length === 0 ? null : right / approved.length,
    examplesWrong: approved
      .filter((row) => !row.isRight)
      .slice(0, MOST_EXAMPLES)
      .map((row) => row.id),
  };
}
