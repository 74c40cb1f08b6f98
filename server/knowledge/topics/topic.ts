import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { Relation } from "../schema.ts";
import { IS_OPEN_QUESTION, listTopics } from "./list.ts";

/** As much as a page can show; the rest is found by search. */
const [MOST_ATOMS, MOST_NOTES, MOST_TASKS] = [200, 100, 50];

type Shown = {
  id: string;
  path: string;
  type: string;
  title: string;
  description: string;
  status: string | null;
  isVerified: boolean;
  isStale: boolean;
  createdAt: Date;
  committedAt: Date;
};
const SHOWN = `n.id, n.path, n.type, n.title, n.description, n.status, n.is_verified as "isVerified",
  coalesce(n.stale_after <= $2::date, false) as "isStale", n.created_at as "createdAt", n.committed_at as "committedAt"`;

/** A topic with its atoms and what they say of each other, its other notes, its tasks, and what is like it. @throws AppError `not_found` */
export async function topicById(ctx: Ctx, { spaceId, topicId }: { spaceId: string; topicId: string }) {
  const topic = await ctx.db.prisma.topic.findFirst({ where: { id: topicId, spaceId } });
  if (!topic) {
    throw new AppError(
      "not_found",
      "This topic has no notes any more: they were moved, merged into another topic or deleted.",
    );
  }
  const today = ctx.now().toISOString().slice(0, 10);
  const query = async <Row extends object>(sql: string, ...values: unknown[]) =>
    (await ctx.db.pool.query<Row>(sql, [topicId, today, ...values])).rows;
  const [atoms, links, notes, tasks, { alike }] = await Promise.all([
    query<Shown & { isOpen: boolean }>(
      `select ${SHOWN}, ${IS_OPEN_QUESTION} as "isOpen" from atoms a join notes n on n.id = a.note_id
        where a.topic_id = $1 order by n.committed_at desc, n.id limit ${MOST_ATOMS}`,
    ),
    query<{ fromId: string; relation: Relation; toId: string | null; toPath: string; title: string | null }>(
      `select f.note_id as "fromId", l.relation, t.note_id as "toId", l.to_path as "toPath", n.title
         from atom_links l join atoms f on f.id = l.from_id left join atoms t on t.id = l.to_id left join notes n on n.id = t.note_id
        where (f.topic_id = $1 or t.topic_id = $1) and $2::date is not null order by f.note_id, l.relation, l.to_path limit 500`,
    ),
    query<Shown>(
      `select ${SHOWN} from notes n where n.space_id = $3 and n.topic_slug = $4 and n.type <> 'Topic'
          and not exists (select from atoms a where a.note_id = n.id and a.topic_id = $1)
        order by n.committed_at desc, n.id limit ${MOST_NOTES}`,
      spaceId,
      topic.slug,
    ),
    query<Shown & { state: string | null; due: string | null }>(
      `select ${SHOWN}, n.front_matter ->> 'state' as state, n.front_matter ->> 'due' as due
         from notes n where n.space_id = $3 and n.type = 'Task' and n.topic_slug is distinct from $5 and $1::uuid is not null
          and (lower(n.topic) = any($4) or position('](/topics/' || $5 || '/' in n.body) > 0)
        order by n.committed_at desc, n.id limit ${MOST_TASKS}`,
      spaceId,
      [topic.name, ...topic.aliases, topic.slug.replaceAll("-", " ")].map((name) => name.toLowerCase()),
      topic.slug,
    ),
    listTopics(ctx, { spaceId }),
  ]);
  return {
    ...{ id: topic.id, slug: topic.slug, name: topic.name, aliases: topic.aliases, description: topic.description },
    /** Its own note. */
    noteId: topic.noteId,
    ...{ atoms, links, notes, tasks },
    alike: alike.filter(({ from, into }) => from.id === topicId || into.id === topicId),
  };
}
