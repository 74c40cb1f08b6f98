import type { Ctx } from "#server/lib/ctx.ts";

import { FORMS } from "../search/words-of-note.ts";
import { contentWords, quoted } from "../words.ts";

type KnownTopic = { id: string; name: string; aliases: string[]; description: string };
type KnownAtom = {
  noteId: string;
  path: string;
  type: string;
  title: string;
  description: string;
  /** The name of its topic. */
  topic: string | null;
};

/** Of a long text: so many of its different words are read, and so many of those looked up. */
const [MOST_READ, MOST_LOOKED_UP] = [400, 24];
/** A word that so many notes hold tells nothing of which atom is near. */
const COMMON = 300;
const MAX_CHARACTERS = 20_000;
/** With one word in common two texts are near by chance, unless there is no more to them. */
const FEWEST_WORDS = 2;

/**
 * What is known already about what a text speaks of: the approved topics, those that the text names before those with most in them, and the
 * atoms that share most of its rare words, those that a person verified first; no deprecated ones. The nearest of each part come in turn:
 * what is said once, in a few words, is not drowned by what the others speak of.
 */
export async function knowledgeFor(
  ctx: Ctx,
  given: { spaceId: string; parts: readonly string[]; topics: number; atoms: number },
): Promise<{ topics: KnownTopic[]; atoms: KnownAtom[] }> {
  const { spaceId } = given;
  const parts = given.parts.map((part) =>
    part.toWellFormed().replaceAll("\0", " ").slice(0, MAX_CHARACTERS).toWellFormed(),
  );
  const [topics, atoms] = await Promise.all([
    topicsFor(ctx, { spaceId, text: parts.join("\n"), limit: given.topics }),
    atomsFor(ctx, { spaceId, parts, limit: given.atoms }),
  ]);
  return { topics, atoms };
}

async function topicsFor(
  ctx: Ctx,
  { spaceId, text, limit }: { spaceId: string; text: string; limit: number },
): Promise<KnownTopic[]> {
  const { rows } = await ctx.db.pool.query<KnownTopic>(
    `with used as (select topic_id, count(*)::int as atoms from atoms where space_id = $1 group by topic_id)
     select t.id, t.name, t.aliases, t.description
       from topics t left join used u on u.topic_id = t.id
      where t.space_id = $1
      order by exists (select from unnest(t.name || t.aliases) as called where position(lower(called) in $2) > 0) desc,
               coalesce(u.atoms, 0) desc, t.updated_at desc, t.id
      limit $3`,
    [spaceId, text.toLowerCase(), limit],
  );
  return rows;
}

async function atomsFor(
  ctx: Ctx,
  { spaceId, parts, limit }: { spaceId: string; parts: readonly string[]; limit: number },
): Promise<KnownAtom[]> {
  const words = parts.flatMap((text, part) => tellingWords(text).map((word) => ({ part, word })));
  if (words.length === 0) return [];
  const { rows } = await ctx.db.pool.query<KnownAtom>(
    `with lexemes as (
       select distinct w.part, lexeme
         from unnest($2::int[], $3::text[]) as w (part, word), unnest(tsvector_to_array(to_tsvector('${FORMS}', w.word))) as lexeme
     ), held as (
       select l.lexeme, h.id, 1 / ln(2 + count(*) over (partition by l.lexeme)) as weight,
              count(*) over (partition by l.lexeme) as common
         from (select distinct lexeme from lexemes) l, lateral (select n.id from notes n where n.space_id = $1
              and n.words @@ ${quoted("l.lexeme")} limit ${COMMON}) h
     ), wanted as (
       select part, least(${FEWEST_WORDS}, count(*)) as fewest from lexemes group by part
     ), near as (
       select l.part, h.id, sum(h.weight) as weight
         from lexemes l join held h using (lexeme) join wanted on wanted.part = l.part
        where h.common < ${COMMON} group by l.part, h.id, wanted.fewest having count(*) >= wanted.fewest
     ), placed as (
       select n.id, t.name as topic, near.part,
              row_number() over (partition by near.part
                                     order by n.is_verified desc, near.weight desc, n.committed_at desc, n.id) as place
         from near join atoms a on a.note_id = near.id join notes n on n.id = a.note_id left join topics t on t.id = a.topic_id
        where n.status is distinct from 'deprecated'
     ), first as (
       select distinct on (id) id, topic, place, part from placed order by id, place, part
     )
     select n.id as "noteId", n.path, n.type, n.title, n.description, first.topic
       from first join notes n on n.id = first.id order by first.place, first.part limit $4`,
    [spaceId, words.map(({ part }) => part), words.map(({ word }) => word), limit],
  );
  return rows;
}

/** The words of a text that may say most of what it is about: those that come again and again, then the long ones. */
function tellingWords(text: string): string[] {
  const times = new Map<string, number>();
  const lower = text.toLowerCase();
  for (const word of contentWords(text, MOST_READ)) times.set(word, lower.split(word).length - 1);
  return [...times]
    .toSorted(([a, x], [b, y]) => y - x || b.length - a.length)
    .slice(0, MOST_LOOKED_UP)
    .map(([word]) => word);
}
