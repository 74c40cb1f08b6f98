import type { Ctx } from "#server/lib/ctx.ts";

import { likeness } from "./alike.ts";
import { candidatesFor } from "./candidates.ts";

type Found = { type: "proposal" | "note"; id: string; title: string; body: string };
export type Target = Found & { score: number };

const MOST_TARGETS = 12;

/**
 * What a proposal could be merged into: pending proposals and notes, those whose titles are most alike first (`score` from 0 to 1), then
 * the newest. With words to search, those whose titles are most like the words.
 */
export async function mergeTargets(
  ctx: Ctx,
  input: { spaceId: string; proposalId: string; search?: string | undefined },
): Promise<Target[]> {
  const { spaceId, proposalId, search } = input;
  if (search) return searchTargets(ctx, { spaceId, proposalId, search });
  const mine = await ctx.db.prisma.proposal.findFirst({
    where: { id: proposalId, spaceId },
    select: { title: true, evidence: { select: { messageId: true } } },
  });
  if (!mine) return [];
  const { title } = mine;
  const query = async <Row extends object>(sql: string, values?: unknown[]) =>
    (await ctx.db.pool.query<Row>(sql, values)).rows;
  const messageIds = [...new Set(mine.evidence.map((each) => each.messageId))];
  const [candidates, newest] = await Promise.all([
    candidatesFor({ query }, spaceId, [{ id: proposalId, title, messageIds }]),
    newestTargets(ctx, { spaceId, proposalId }),
  ]);
  const alike = (candidates.get(proposalId) ?? []).flatMap(({ type, ...found }): Found[] =>
    type === "topic" ? [] : [{ type, id: found.id, title: found.title, body: found.body }],
  );
  const all = new Map([...newest, ...alike].map((found) => [found.id, found]));
  return [...all.values()]
    .map((found) => ({ ...found, score: likeness(title, found.title) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_TARGETS);
}

async function newestTargets(
  ctx: Ctx,
  { spaceId, proposalId }: { spaceId: string; proposalId: string },
): Promise<Found[]> {
  const { rows } = await ctx.db.pool.query<Found>(
    `(select 'proposal' as type, id, title, body from proposals
       where space_id = $1 and status = 'pending' and id <> $2 order by created_at desc, id desc limit ${MOST_TARGETS})
     union all
     (select 'note', id, title, body from notes
       where space_id = $1 and proposal_id is distinct from $2 order by committed_at desc, id limit ${MOST_TARGETS})`,
    [spaceId, proposalId],
  );
  return rows;
}

async function searchTargets(
  ctx: Ctx,
  { spaceId, proposalId, search }: { spaceId: string; proposalId: string; search: string },
): Promise<Target[]> {
  const { rows } = await ctx.db.pool.query<Target>(
    `select * from (
       select 'proposal' as type, p.id, p.title, p.body, similarity(p.title, $3) as score, p.title ilike $4 as holds
         from proposals p where p.space_id = $1 and p.status = 'pending' and p.id <> $2
       union all
       select 'note', n.id, n.title, n.body, similarity(n.title, $3), n.title ilike $4
         from notes n where n.space_id = $1 and n.proposal_id is distinct from $2
     ) as targets order by holds desc, score desc, title limit ${MOST_TARGETS}`,
    [spaceId, proposalId, search, `%${search.replace(/[\\%_]/g, String.raw`\$&`)}%`],
  );
  return rows.map(({ type, id, title, body, score }) => ({ type, id, title, body, score }));
}
