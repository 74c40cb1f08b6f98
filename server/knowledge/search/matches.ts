import type { Ctx } from "#server/lib/ctx.ts";

import type { SearchFilters, Trust } from "../schema.ts";
import { FORMS } from "./words-of-note.ts";

/** A note that may be shown, whether by its words, and what it is worth by them; null where so many have them that only some were read. */
export type Match = { id: string; status: string | null; committedAt: Date; hasWords: boolean; rank: number | null };
type Counted = Array<{ value: string; count: number }>;
/** How many notes there are of each kind. */
export type Counts = Record<"types" | "topics" | "tags" | "authors" | "trust", Counted> & { stale: number };
export type Matches = { items: Match[]; total: number; counts: Counts };

/** So many are brought into an order; what comes after that nobody looks through. */
const MOST_RANKED = 1_000;
const MOST_VALUES = 12;
/** Of more notes than this with the words, those with the words in the title and the newest are read to say which fit best. */
const MOST_READ = 400;
const TRUST: Record<Trust, string> = {
  deprecated: "n.status = 'deprecated'",
  draft: "n.status = 'draft'",
  verified: "n.is_verified",
  unverified: "true",
};
const TRUST_OF = `case ${Object.entries(TRUST)
  .map(([value, sql]) => `when ${sql} then '${value}'`)
  .join(" ")} end`;

/**
 * The notes of a space with the wanted words, and those named, as far as the filters leave them, with how many there are of each kind. Of
 * each kind is counted what the other filters leave, so that one can choose another value of the same.
 * @param given.words a query of full text search as Postgres writes it; null for all notes
 * @param given.noteIds notes that were found otherwise
 */
export async function matchesOf(
  ctx: Ctx,
  given: { spaceId: string; words: string | null; noteIds: readonly string[]; filters: SearchFilters },
): Promise<Matches> {
  const { spaceId, words, noteIds, filters } = given;
  const hasWords = words === null ? "false" : "case when n.id = any($3) then n.words @@ $2::tsquery else true end";
  const isWanted =
    words === null ? "$2::text is null and $3::uuid[] is not null" : "(n.words @@ $2::tsquery or n.id = any($3))";
  const { rows } = await ctx.db.pool.query<{
    total: number;
    counts: Partial<Counts>;
    items: Array<Omit<Match, "committedAt"> & { committedAt: string }>;
  }>(
    `with matched as materialized (
       select n.id, n.status, n.committed_at, n.type, n.topic_slug, n.tags, n.authors, ${TRUST_OF} as trust,
              coalesce(n.stale_after <= $4::date, false) as is_stale, ${hasWords} as has_words
         from notes n where n.space_id = $1 and ${isWanted}
          and n.committed_at >= coalesce($5::date, '-infinity') and n.committed_at < coalesce($6::date + 1, 'infinity')
     ), judged as materialized (
       select *, ($7::text[] is null or type = any($7)) as by_type, ($8::text[] is null or topic_slug = any($8)) as by_topic,
              ($9::text[] is null or tags && $9) as by_tag, ($10::text[] is null or authors && $10) as by_author,
              ($11::text[] is null or trust = any($11)) as by_trust, ($12::boolean is null or is_stale = $12) as by_stale
         from matched
     ), left_over as materialized (
       select * from judged where by_type and by_topic and by_tag and by_author and by_trust and by_stale
     ), titled as materialized (
       select n.id from notes n where $2 <> '' and to_tsvector('${FORMS}', n.title) @@ $2::tsquery and n.space_id = $1
        limit ${MOST_READ}
     ), worth_reading as (
       select id from left_over where has_words
        order by id in (select id from titled) desc, committed_at desc, id limit ${MOST_READ}
     ), ranks as materialized (
       select n.id, ts_rank(n.words, $2::tsquery) as rank from worth_reading join notes n using (id)
     ), tally as (
       select 'types' as kind, type as value from judged where by_topic and by_tag and by_author and by_trust and by_stale
        union all
       select 'topics', topic_slug from judged where by_type and by_tag and by_author and by_trust and by_stale
        union all
       select 'tags', unnest(tags) from judged where by_type and by_topic and by_author and by_trust and by_stale
        union all
       select 'authors', unnest(authors) from judged where by_type and by_topic and by_tag and by_trust and by_stale
        union all
       select 'trust', trust from judged where by_type and by_topic and by_tag and by_author and by_stale
     ), counts as (
       select kind, value, count(*)::int as count, row_number() over (partition by kind order by count(*) desc, value) as place
         from tally where value is not null group by kind, value
     )
     select (select count(*)::int from left_over) as total,
            coalesce((select json_agg(i) from (
              select id, status, committed_at as "committedAt", has_words as "hasWords", rank from left_over left join ranks using (id)
               order by id = any($3) desc, rank desc nulls last, committed_at desc, id limit ${MOST_RANKED}) i), '[]') as items,
            coalesce((select jsonb_object_agg(kind, list) from (
              select kind, jsonb_agg(jsonb_build_object('value', value, 'count', count) order by place) as list
                from counts where place <= ${MOST_VALUES} group by kind) f), '{}')
              || jsonb_build_object('stale', (select count(*)::int from judged
                   where is_stale and by_type and by_topic and by_tag and by_author and by_trust)) as counts`,
    [
      ...[spaceId, words, noteIds, ctx.now().toISOString().slice(0, 10)],
      ...[filters.from ?? null, filters.to ?? null],
      ...[chosen(filters.types), chosen(filters.topics), chosen(filters.tags), chosen(filters.authors)],
      ...[chosen(filters.trust), filters.stale ?? null],
    ],
  );
  const found = rows[0]!;
  const none: Counts = { types: [], topics: [], tags: [], authors: [], trust: [], stale: 0 };
  return {
    ...found,
    counts: { ...none, ...found.counts },
    items: found.items.map((item) => ({ ...item, committedAt: new Date(item.committedAt) })),
  };
}

const chosen = (values: readonly string[] | undefined) => (values && values.length > 0 ? values : null);
