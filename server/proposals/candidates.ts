import type { Tx } from "#server/lib/db.ts";

import { tellingWords } from "./alike.ts";

/** Something that a proposal may be like, as it is found; how alike the two are is said by `judge`. */
export type Candidate = {
  type: "note" | "proposal" | "topic";
  id: string;
  title: string;
  body: string;
  noteType: string;
  /** Whether it rests on one of the same messages. */
  sharesMessage: boolean;
};

/** What is looked for: the words and the messages that it rests on. */
export type Wanted = { id: string; title: string; messageIds: string[] };

/** So many of each sort are looked at closely. */
const MOST_BY_TITLE = 8;
const MOST_BY_MESSAGE = 20;
/** The longest of a title are looked for. */
const MOST_WORDS = 8;

/**
 * What is there already and may be like the proposals: pending proposals, notes and topics that rest on the same messages or have titles
 * with some of the same words. One statement for all of them, each part of it served by an index.
 * @returns by the id of what was looked for
 */
export async function candidatesFor(
  { query }: Pick<Tx, "query">,
  spaceId: string,
  wanted: readonly Wanted[],
): Promise<Map<string, Candidate[]>> {
  const rows = await query<Candidate & { for: string }>(
    `with wanted as (
       select id, messages, to_tsquery('russian', words) as words
         from jsonb_to_recordset($2::jsonb) as w (id uuid, words text, messages uuid[])
     ), beside as (
       select wanted.id as for_id, p.id, p.status, p.merged_into_note_id
         from wanted
         join lateral (select distinct e.proposal_id from proposal_evidence e
                        where e.message_id = any(wanted.messages) and e.space_id = $1 limit ${MOST_BY_MESSAGE}) e on true
         join proposals p on p.id = e.proposal_id
     ), by_message as (
       select for_id, 'proposal' as type, id from beside where status = 'pending'
        union
       select beside.for_id, 'note', n.id from beside join notes n on n.proposal_id = beside.id
        union
       select for_id, 'note', merged_into_note_id from beside where merged_into_note_id is not null
     ), by_title as (
       select wanted.id as for_id, 'proposal' as type, p.id
         from wanted, lateral (
           select id from proposals
            where space_id = $1 and status = 'pending' and to_tsvector('russian', title) @@ wanted.words
            order by ts_rank(to_tsvector('russian', title), wanted.words, 1) desc, created_at desc limit ${MOST_BY_TITLE}) p
        union all
       select wanted.id, 'note', n.id
         from wanted, lateral (
           select id from notes where space_id = $1 and to_tsvector('russian', title) @@ wanted.words
            order by ts_rank(to_tsvector('russian', title), wanted.words, 1) desc, committed_at desc limit ${MOST_BY_TITLE}) n
     ), found as (
       select for_id, type, id, bool_or(shares) as shares
         from (select *, true as shares from by_message union all select *, false from by_title) each
        group by for_id, type, id
     )
     select found.for_id as for, found.type, found.id, found.shares as "sharesMessage",
            coalesce(n.title, p.title) as title, left(coalesce(n.body, p.body), 4000) as body,
            coalesce(n.type, p.details ->> 'noteType', p.kind::text) as "noteType"
       from found
       left join notes n on found.type = 'note' and n.id = found.id
       left join proposals p on found.type = 'proposal' and p.id = found.id
      where found.id <> found.for_id and n.proposal_id is distinct from found.for_id
     union all
     select wanted.id, 'topic', t.id, false, t.name, t.description, 'Topic'
       from jsonb_to_recordset($2::jsonb) as wanted (id uuid, title text)
       join topics t on t.space_id = $1 and t.note_id is null
        and (lower(t.name) = lower(wanted.title) or lower(wanted.title) = any(select lower(alias) from unnest(t.aliases) as alias))`,
    [
      spaceId,
      JSON.stringify(
        wanted.map(({ id, title, messageIds }) => ({ id, title, messages: messageIds, words: wordsToFind(title) })),
      ),
    ],
  );
  return Map.groupBy(rows, (row) => row.for);
}

/**
 * What finds titles that are like one: two of its words in any form, where it has three or more. Groups of letters would find slips too,
 * but not in every script (the locale of the database decides), and take thirty times as long.
 */
function wordsToFind(title: string): string {
  const words = tellingWords(title)
    .toSorted((a, b) => b.length - a.length)
    .slice(0, MOST_WORDS);
  if (words.length < 3) return words.join(" | ");
  return words.flatMap((word, index) => words.slice(index + 1).map((other) => `(${word} & ${other})`)).join(" | ");
}
