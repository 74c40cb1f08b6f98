import { createHash } from "node:crypto";

import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { settle } from "../decide.ts";
import { applyProposal } from "../jobs.ts";
import { RuleConditions } from "../schema.ts";
import { factsOf, matches } from "./facts.ts";

/** The first ones of a rule are all looked at. */
const FIRST_AUDITED = 5;

type Rule = { id: string; name: string; auditShare: number; updatedAt: Date };

/**
 * Approves those of new proposals that a rule of their space is for, each as the first rule that matches. Only what nobody has touched;
 * safe to run any number of times.
 */
export async function applyRules(
  ctx: Ctx,
  { spaceId, proposalIds }: { spaceId: string; proposalIds: string[] },
): Promise<void> {
  const rules = await ctx.db.prisma.approvalRule.findMany({
    where: { spaceId, isOn: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  if (rules.length === 0) return;
  const asked = rules.map((rule) => ({ rule, conditions: RuleConditions.parse(rule.conditions) }));
  for (const facts of await factsOf(ctx.db, spaceId, proposalIds)) {
    const found = asked.find(({ conditions }) => matches(conditions, facts));
    if (found) await approveByRule(ctx, spaceId, facts.id, found.rule);
  }
}

async function approveByRule(ctx: Ctx, spaceId: string, proposalId: string, rule: Rule): Promise<void> {
  const actor = { type: "system" as const, name: `Rule “${rule.name}”` };
  try {
    await transaction(ctx.db, async (tx) => {
      const [on] = await tx.query<{ audits: number }>(
        `select (select count(*)::int from approval_audits a where a.rule_id = r.id and a.created_at >= r.updated_at) as audits
           from approval_rules r where r.id = $1 and r.is_on and r.updated_at = $2 for update`,
        [rule.id, rule.updatedAt],
      );
      // Switched off, or changed to something else than what was looked at: then it is for people.
      if (!on) return;
      // Version 1: as it was proposed, and never decided before.
      await settle(tx, { ...ctx, actor }, { spaceId, proposalId, version: 1, to: "approved", autoRuleId: rule.id });
      await enqueue(tx, applyProposal, { spaceId, proposalId });
      if (on.audits >= FIRST_AUDITED && !isInSample(proposalId, rule.auditShare)) return;
      await tx.query(
        `insert into approval_audits (proposal_id, space_id, rule_id, created_at) values ($1, $2, $3, $4)
         on conflict do nothing`,
        [proposalId, spaceId, rule.id, ctx.now()],
      );
    });
  } catch (error) {
    // Somebody was there before, or it was done in an earlier try.
    if (!(error instanceof AppError) || error.code !== "conflict") throw error;
  }
}

/** Whether a proposal is among the so many of a hundred that are looked at: the same answer each time, and none that anyone can choose. */
export function isInSample(proposalId: string, share: number): boolean {
  return createHash("sha256").update(proposalId).digest().readUInt32BE(0) % 100 < share;
}
