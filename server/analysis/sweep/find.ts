import type { Tx } from "#server/lib/db.ts";

/** Why a note is asked about. It stands in the proposal's tags, and tells whether it was asked before. */
export type Reason = "stale" | "contradiction" | "near-duplicate";

/** A note that may not hold any more, with the one that speaks against it, if one does. */
export type Doubt = {
  reason: Reason;
  noteId: string;
  path: string;
  title: string;
  /** What it says, for whoever decides. */
  text: string;
  topic: string | null;
  /** The day from which on it was to be looked at again, or the day when somebody last approved it; null where neither is the reason. */
  since: string | null;
  other: { noteId: string; path: string; title: string; text: string; proposalId: string | null } | null;
  proposalId: string | null;
};

/** Nobody goes through more at once; the next sweep goes on. */
const MOST = 25;
const DOUBT = `n.id as "noteId", n.path, n.title, left(n.body, 1500) as text, n.topic, n.proposal_id as "proposalId"`;
const OTHER = `jsonb_build_object('noteId', o.id, 'path', o.path, 'title', o.title, 'text', left(o.body, 1500), 'proposalId', o.proposal_id)`;

/**
 * SQL: nobody is asked about a note for a reason while such a question is open, nor again after it was rejected, until the note is
 * committed anew: a rejection says that it still holds.
 */
const isNotAsked = (reason: Reason) => `not exists (
  select from proposals p where p.space_id = n.space_id and p.generated_by = '${GENERATED_BY}'
     and p.details -> 'retires' ->> 'noteId' = n.id::text and p.details -> 'tags' ? '${reason}'
     and (p.status = 'pending' or p.status = 'rejected' and p.decided_at >= n.committed_at))`;
const HOLDS = "coalesce(n.status, 'stable') not in ('draft', 'deprecated')";
const OTHER_HOLDS = "coalesce(o.status, 'stable') not in ('draft', 'deprecated')";

/** Who proposes it, as proposals say it. */
export const GENERATED_BY = "sweep";

/** Notes whose day has passed, and verified atoms that nobody has confirmed since `confirmedBefore` (yyyy-mm-dd; null: however long ago). */
export function findStale(
  tx: Tx,
  { spaceId, today, confirmedBefore }: { spaceId: string; today: string; confirmedBefore: string | null },
): Promise<Doubt[]> {
  return tx.query<Doubt>(
    `with confirmed as (
       select n.id, case when n.stale_after <= $2::date then n.stale_after::text
                         when $3::text is null or n.stale_after is not null or not n.is_verified or a.id is null then null
                         else c.at end as since
         from notes n left join atoms a on a.note_id = n.id,
              lateral (select coalesce(
                (select left(max(v ->> 'at'), 10) from jsonb_array_elements(case jsonb_typeof(n.front_matter -> 'verified')
                   when 'array' then n.front_matter -> 'verified' else '[]' end) v where v ->> 'at' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'),
                to_char(n.committed_at at time zone 'utc', 'YYYY-MM-DD')) as at) c
        where n.space_id = $1 and ${HOLDS} and n.type not in ('Task', 'Topic')
     )
     select 'stale' as reason, ${DOUBT}, c.since, null as other
       from confirmed c join notes n using (id)
      where c.since is not null and (n.stale_after <= $2::date or c.since < $3) and ${isNotAsked("stale")}
      order by c.since, n.id limit ${MOST}`,
    [spaceId, today, confirmedBefore],
  );
}

/** Pairs of approved atoms of which one says that it contradicts the other; the older one is asked about. */
export function findContradictions(tx: Tx, { spaceId }: { spaceId: string }): Promise<Doubt[]> {
  return tx.query<Doubt>(
    `with pairs as (
       select distinct least(f.note_id, t.note_id) as one, greatest(f.note_id, t.note_id) as two
         from atom_links l join atoms f on f.id = l.from_id join atoms t on t.id = l.to_id
        where l.space_id = $1 and l.relation = 'contradicts'
     ), sides as (
       select one as id, two as other_id from pairs union all select two, one from pairs
     )
     select distinct on (n.id) 'contradiction' as reason, ${DOUBT}, null as since, ${OTHER} as other
       from sides s join notes n on n.id = s.id join notes o on o.id = s.other_id
      where (n.committed_at, n.id) < (o.committed_at, o.id) and ${HOLDS} and ${OTHER_HOLDS} and ${isNotAsked("contradiction")}
      order by n.id, o.committed_at desc limit ${MOST}`,
    [spaceId],
  );
}

/** Notes that say the same as a newer one of their type: the same text, or the same title under one topic. */
export function findSame(tx: Tx, { spaceId }: { spaceId: string }): Promise<Doubt[]> {
  return tx.query<Doubt>(
    `select distinct on (n.id) 'near-duplicate' as reason, ${DOUBT}, null as since, ${OTHER} as other
       from (select id, type, committed_at, row_number() over w as place, first_value(id) over w as newest_id
               from notes n where space_id = $1 and ${HOLDS} and type not in ('Task', 'Topic')
             window w as (partition by type, coalesce(topic_slug, ''), lower(trim(title)) order by committed_at desc, id desc)
              union all
             select id, type, committed_at, row_number() over w, first_value(id) over w
               from notes n where space_id = $1 and ${HOLDS} and type not in ('Task', 'Topic') and length(body) > 80
             window w as (partition by type, md5(body) order by committed_at desc, id desc)) same
       join notes n on n.id = same.id join notes o on o.id = same.newest_id
      where same.place > 1 and ${isNotAsked("near-duplicate")}
      order by n.id limit ${MOST}`,
    [spaceId],
  );
}
