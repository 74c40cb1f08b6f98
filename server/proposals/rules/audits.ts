import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import type { VerdictInput } from "../schema.ts";

/** So many of the newest audits say how right a rule is. */
export const AUDITED = 20;
/** With fewer, a rule is not judged. */
const LEAST_AUDITED = 5;

type Verdict = { spaceId: string; proposalId: string; ruleId: string; wasRight: boolean };

/** Says whether a rule was right to approve a proposal; a rule that was right too seldom is switched off. */
export async function recordVerdict(
  ctx: Ctx,
  { spaceId, proposalId, wasRight }: z.output<typeof VerdictInput> & { spaceId: string },
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [audit] = await tx.query<{ ruleId: string }>(
      `select rule_id as "ruleId" from approval_audits where proposal_id = $1 and space_id = $2`,
      [proposalId, spaceId],
    );
    if (!audit) throw new AppError("not_found", "There is no such approval to look at in this space.");
    await judgeRule(tx, ctx, { spaceId, proposalId, ruleId: audit.ruleId, wasRight });
  });
}

/** The same, in the transaction of an undo: what a person takes back should not have been approved. */
export async function judgeRule(tx: Tx, ctx: Ctx, { spaceId, proposalId, ruleId, wasRight }: Verdict): Promise<void> {
  const at = ctx.now();
  // One verdict on a rule after the other: the last of two that come at once sees both.
  const [rule] = await tx.query<{ isOn: boolean; leastPrecision: number; name: string }>(
    `select is_on as "isOn", least_precision as "leastPrecision", name from approval_rules where id = $1 for update`,
    [ruleId],
  );
  if (!rule) return;
  await tx.query(
    `insert into approval_audits (proposal_id, space_id, rule_id, was_right, audited_by, audited_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (proposal_id) do update set was_right = $4, audited_by = $5, audited_at = $6`,
    [proposalId, spaceId, ruleId, wasRight, ctx.actor, at],
  );
  emit(tx, { spaceId, type: "audit.recorded", subjectId: proposalId, payload: { ruleId }, actor: ctx.actor, at });
  const { audited, right } = await lastAudits(tx, ruleId);
  if (!rule.isOn || audited < LEAST_AUDITED || right * 100 >= rule.leastPrecision * audited) return;
  const why = `Of the last ${audited} that people looked at, ${right} were right (${Math.floor((right / audited) * 100)} %): less than ${rule.leastPrecision} %.`;
  await tx.query("update approval_rules set is_on = false, off_reason = $2 where id = $1", [ruleId, why]);
  emit(tx, { spaceId, type: "rule.changed", subjectId: ruleId, actor: ctx.actor, at });
}

/** How often a rule was right of late, since it was last changed or switched on. */
async function lastAudits(tx: Tx, ruleId: string): Promise<{ audited: number; right: number }> {
  const [row] = await tx.query<{ audited: number; right: number }>(
    `select count(*)::int as audited, count(*) filter (where was_right)::int as right
       from (select a.was_right from approval_audits a join approval_rules r on r.id = a.rule_id
              where a.rule_id = $1 and a.was_right is not null and a.created_at >= r.updated_at
              order by a.audited_at desc, a.proposal_id desc limit ${AUDITED}) newest`,
    [ruleId],
  );
  return row ?? { audited: 0, right: 0 };
}
