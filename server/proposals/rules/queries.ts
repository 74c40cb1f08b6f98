import type { Actor, Ctx } from "#server/lib/ctx.ts";

import { Backtest, RuleConditions } from "../schema.ts";
import { AUDITED } from "./audits.ts";

type RuleRow = {
  id: string;
  name: string;
  conditions: unknown;
  isOn: boolean;
  auditShare: number;
  leastPrecision: number;
  backtest: unknown;
  offReason: string | null;
  createdBy: Actor;
  createdAt: Date;
  updatedAt: Date;
  approved: number;
  waiting: number;
  audited: number;
  right: number;
};

/** The rules of a space, oldest first, with how they have done since they were last changed or switched on. */
export async function listRules(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const { rows } = await ctx.db.pool.query<RuleRow>(
    `select r.id, r.name, r.conditions, r.is_on as "isOn", r.audit_share as "auditShare", r.least_precision as "leastPrecision",
            r.backtest, r.off_reason as "offReason", r.created_by as "createdBy", r.created_at as "createdAt", r.updated_at as "updatedAt",
            (select count(*)::int from proposals p where p.space_id = $1 and p.auto_rule_id = r.id) as approved,
            (select count(*)::int from approval_audits a where a.rule_id = r.id and a.was_right is null) as waiting,
            newest.audited, newest.right
       from approval_rules r
       cross join lateral (
         select count(*)::int as audited, count(*) filter (where was_right)::int as right
           from (select was_right from approval_audits a
                  where a.rule_id = r.id and a.was_right is not null and a.created_at >= r.updated_at
                  order by a.audited_at desc, a.proposal_id desc limit ${AUDITED}) last) newest
      where r.space_id = $1 order by r.created_at, r.id`,
    [spaceId],
  );
  return rows.map(({ audited, right, createdBy, ...row }) => ({
    ...row,
    conditions: RuleConditions.parse(row.conditions),
    backtest: Backtest.parse(row.backtest),
    createdBy: createdBy.name,
    /** Of the newest that people looked at: how many, how many were right, and their share; null while nobody looked. */
    live: { audited, right, precision: audited === 0 ? null : right / audited },
  }));
}

const MOST_AUDITS = 50;

/** What rules approved and somebody is to look at, oldest first, and how many there are. */
export async function listAudits(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const [audits, count] = await Promise.all([
    ctx.db.prisma.approvalAudit.findMany({
      where: { spaceId, wasRight: null },
      orderBy: [{ createdAt: "asc" }, { proposalId: "asc" }],
      take: MOST_AUDITS,
      select: {
        createdAt: true,
        rule: { select: { id: true, name: true } },
        proposal: {
          select: {
            ...{ id: true, kind: true, title: true, body: true, status: true, version: true, confidence: true },
            evidence: { orderBy: { position: "asc" }, take: 3, select: { id: true, quote: true } },
          },
        },
      },
    }),
    ctx.db.prisma.approvalAudit.count({ where: { spaceId, wasRight: null } }),
  ]);
  return {
    items: audits.map(({ createdAt, rule, proposal }) => ({ ...proposal, rule, approvedAt: createdAt })),
    count,
  };
}

/** What a rule can be told apart by in a space: the chats, and what has proposed something. */
export async function ruleChoices(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const [chats, generators] = await Promise.all([
    ctx.db.prisma.chat.findMany({ where: { spaceId }, orderBy: { title: "asc" }, select: { id: true, title: true } }),
    ctx.db.pool.query<{ name: string }>(
      `select generated_by as name from (select generated_by, created_at from proposals where space_id = $1
        order by created_at desc limit 2000) newest group by 1 order by count(*) desc limit 20`,
      [spaceId],
    ),
  ]);
  return { chats, generatedBy: generators.rows.map((row) => row.name) };
}
