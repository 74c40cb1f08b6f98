import type { Ctx } from "#server/lib/ctx.ts";

/** How reviewers decided on what was proposed in nearly the same words. */
export type PastDecisions = { approved: number; rejected: number };

/** How alike two titles must be, 0 to 1, by the letters that they share. */
const ALIKE = 0.5;

/**
 * For each title, how proposals of similar titles in this space came out, from their rows. What a rule approved was nobody's decision,
 * and what rests on the same messages says nothing new: then they are read again.
 */
export async function pastDecisions(
  ctx: Ctx,
  { spaceId, titles, exceptMessageIds }: { spaceId: string; titles: string[]; exceptMessageIds: string[] },
): Promise<Map<string, PastDecisions>> {
  if (titles.length === 0) return new Map();
  const { rows } = await ctx.db.pool.query<PastDecisions & { title: string }>(
    `select wanted.title, (count(*) filter (where p.status in ('approved', 'merged')))::int as approved,
            (count(*) filter (where p.status = 'rejected'))::int as rejected
       from unnest($2::text[]) as wanted (title)
       join proposals p on p.title % wanted.title and similarity(p.title, wanted.title) >= ${ALIKE}
      where p.space_id = $1 and p.status <> 'pending' and p.auto_rule_id is null
        and not exists (select from proposal_evidence e where e.proposal_id = p.id and e.message_id = any($3))
      group by wanted.title`,
    [spaceId, [...new Set(titles)], exceptMessageIds],
  );
  return new Map(rows.map(({ title, approved, rejected }) => [title, { approved, rejected }]));
}
