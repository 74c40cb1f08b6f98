import type { Ctx } from "#server/lib/ctx.ts";

import { alikeTopics } from "./alike.ts";

const MOST = 2_000;
/** Between more topics than this nobody looks for two that are one. */
const MOST_COMPARED = 1_000;

/** The topics of a space by name, with what is in them, and pairs of them that may be one. */
export async function listTopics(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const { rows } = await ctx.db.pool.query<{
    id: string;
    slug: string;
    name: string;
    aliases: string[];
    description: string;
    notes: number;
    atoms: number;
    openQuestions: number;
    lastAt: Date;
  }>(
    `with held as (
       select topic_slug as slug, count(*)::int as notes, max(committed_at) as last_at
         from notes where space_id = $1 and topic_slug is not null group by topic_slug
     ), facts as (
       select a.topic_id, count(*)::int as atoms, count(*) filter (where ${IS_OPEN_QUESTION})::int as open_questions
         from atoms a join notes n on n.id = a.note_id where a.space_id = $1 group by a.topic_id
     )
     select t.id, t.slug, t.name, t.aliases, t.description, h.notes, coalesce(f.atoms, 0) as atoms,
            coalesce(f.open_questions, 0) as "openQuestions", h.last_at as "lastAt"
       from topics t join held h using (slug) left join facts f on f.topic_id = t.id
      where t.space_id = $1 order by lower(t.name), t.slug limit ${MOST}`,
    [spaceId],
  );
  const known = new Map(rows.map((topic) => [topic.id, { id: topic.id, name: topic.name, notes: topic.notes }]));
  const alike = rows.length > MOST_COMPARED ? [] : alikeTopics(rows);
  return {
    items: rows,
    alike: alike.map(({ ids, why }) => {
      const pair = ids.map((id) => known.get(id)!);
      // The smaller one goes into the larger one.
      const [from, into] = pair.toSorted((a, b) => a.notes - b.notes);
      return { from: from!, into: into!, why };
    }),
  };
}

/** SQL for a question that no atom says to solve, and that still stands. */
export const IS_OPEN_QUESTION = `a.type = 'Question' and n.status is distinct from 'deprecated'
  and not exists (select from atom_links l where l.to_id = a.id and l.relation = 'solves')`;
