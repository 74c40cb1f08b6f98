import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { type Backtest, LEAST_DECISIONS, RuleConditions, type SaveRuleInput, type SwitchRuleInput } from "../schema.ts";
import { backtest } from "./backtest.ts";

type InSpace = { spaceId: string };
const MOST_RULES = 20;

/**
 * Saves a rule, switched on, with what it would have done with past decisions. From then on it approves by itself.
 * @throws AppError `invalid_input` with the figures where too few decisions speak for it; `not_found` for a rule that is gone
 */
export async function saveRule(ctx: Ctx, input: z.output<typeof SaveRuleInput> & InSpace): Promise<{ ruleId: string }> {
  const { spaceId, name, conditions, auditShare, leastPrecision } = input;
  await refuseStrangers(ctx, input);
  const proof = await backtest(ctx, { spaceId, conditions });
  refuseUnproven(proof, leastPrecision);
  const ruleId = input.ruleId ?? newId();
  await transaction(ctx.db, async (tx) => {
    const at = ctx.now();
    const values = [ruleId, spaceId, name, conditions, auditShare, leastPrecision, proof, at];
    const [saved] = input.ruleId
      ? await tx.query(
          `update approval_rules set name = $3, conditions = $4, audit_share = $5, least_precision = $6, backtest = $7,
                  is_on = true, off_reason = null, updated_at = $8 where id = $1 and space_id = $2 returning id`,
          values,
        )
      : await tx.query(
          `insert into approval_rules (id, space_id, name, conditions, audit_share, least_precision, backtest, created_by, created_at, updated_at)
           select $1, $2, $3, $4, $5, $6, $7, $9, $8, $8
            where (select count(*) from approval_rules where space_id = $2) < ${MOST_RULES} returning id`,
          [...values, ctx.actor],
        );
    if (!saved && input.ruleId) throw gone();
    if (!saved) {
      throw new AppError("conflict", `A space has at most ${MOST_RULES} rules. Remove one, then save this one again.`);
    }
    emit(tx, { spaceId, type: "rule.changed", subjectId: ruleId, actor: ctx.actor, at });
  });
  return { ruleId };
}

/** Switches a rule off, or on again where past decisions still speak for it. @throws AppError as `saveRule` does */
export async function switchRule(
  ctx: Ctx,
  { spaceId, ruleId, isOn }: z.output<typeof SwitchRuleInput> & InSpace,
): Promise<void> {
  const rule = await ctx.db.prisma.approvalRule.findFirst({ where: { id: ruleId, spaceId } });
  if (!rule) throw gone();
  const proof = isOn ? await backtest(ctx, { spaceId, conditions: RuleConditions.parse(rule.conditions) }) : null;
  if (proof) refuseUnproven(proof, rule.leastPrecision);
  await transaction(ctx.db, async (tx) => {
    const at = ctx.now();
    await tx.query(
      `update approval_rules set is_on = $3, off_reason = null, updated_at = $4, backtest = coalesce($5, backtest)
        where id = $1 and space_id = $2`,
      [ruleId, spaceId, isOn, at, proof],
    );
    emit(tx, { spaceId, type: "rule.changed", subjectId: ruleId, actor: ctx.actor, at });
  });
}

/** Takes a rule away, with its audits. What it approved stays approved. */
export async function removeRule(ctx: Ctx, { spaceId, ruleId }: InSpace & { ruleId: string }): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [removed] = await tx.query("delete from approval_rules where id = $1 and space_id = $2 returning id", [
      ruleId,
      spaceId,
    ]);
    if (!removed) throw gone();
    emit(tx, { spaceId, type: "rule.changed", subjectId: ruleId, actor: ctx.actor, at: ctx.now() });
  });
}

/** The rule that is changed and the chats that it names are of this space. */
async function refuseStrangers(
  ctx: Ctx,
  { spaceId, ruleId, conditions }: Pick<z.output<typeof SaveRuleInput>, "ruleId" | "conditions"> & InSpace,
): Promise<void> {
  if (ruleId && (await ctx.db.prisma.approvalRule.count({ where: { id: ruleId, spaceId } })) === 0) throw gone();
  const chatIds = [...new Set(conditions.chatIds)];
  if ((await ctx.db.prisma.chat.count({ where: { id: { in: chatIds }, spaceId } })) < chatIds.length) {
    throw new AppError(
      "not_found",
      "One of the chats of this rule is not in this space. Choose again; nothing was changed.",
    );
  }
}

/** A rule that past decisions do not speak for is not switched on. */
function refuseUnproven(
  { decisions, wouldApprove, ofThoseApproved, precision }: Backtest,
  leastPrecision: number,
): void {
  if (wouldApprove < LEAST_DECISIONS || precision === null) {
    throw new AppError(
      "invalid_input",
      `Of ${decisions === 1 ? "the one decision so far" : `the last ${decisions} decisions`} this rule would have approved ${wouldApprove}; at least ${LEAST_DECISIONS} are needed to judge it. Ask for less, or decide more by hand first. Nothing was changed.`,
    );
  }
  if (precision * 100 < leastPrecision) {
    throw new AppError(
      "invalid_input",
      `Of the ${wouldApprove} that this rule would have approved, people approved ${ofThoseApproved} as they stood (${Math.floor(precision * 100)} %): less than the ${leastPrecision} % that it has to reach. Ask for more. Nothing was changed.`,
    );
  }
}

function gone(): AppError {
  return new AppError("not_found", "This rule is not there any more. Nothing was changed.");
}
