import type { Ctx } from "#server/lib/ctx.ts";

import { bringChunksUpToDate } from "./chunks.ts";
import { contentWords, lookUp, type Word } from "./words.ts";

/** A note that another one should link to. */
export type RelatedNote = { noteId: string; path: string; title: string; description: string };

/** The words of a note that say most of what it is about: so many of its rarest ones. */
const [MOST_READ, MOST_COMPARED] = [80, 20];
/** A word that so many parts of notes hold tells nothing of which note is near. */
const COMMON = 300;
/** A word counts so much more where it stands in the new note's title or tags. */
const TITLE_FACTOR = 2;
/** What a note must share, of the weight of all words compared; less is chance. */
const FLOOR = 0.22;
const FEWEST_WORDS = 2;

/** The notes of a space that a new note has most words in common with, best first; none where it is only a few. */
export async function relatedNotes(
  ctx: Ctx,
  given: { spaceId: string; title: string; text: string; tags: readonly string[]; exceptPath?: string; limit?: number },
): Promise<RelatedNote[]> {
  const { spaceId, title, text, tags, exceptPath = null, limit = 3 } = given;
  await bringChunksUpToDate(ctx, { spaceId });
  const inTitle = new Set(contentWords(`${title} ${tags.join(" ")}`, MOST_READ));
  const all = [...new Set([...inTitle, ...contentWords(text, MOST_READ)])].slice(0, MOST_READ);
  const weightIn = (word: Word) => word.weight * (inTitle.has(word.written) ? TITLE_FACTOR : 1);
  const words = (await lookUp(ctx, spaceId, all, COMMON))
    // Nor does one that no other note has.
    .filter((word) => word.chunkIds.size > 0 && !word.isEverywhere)
    .toSorted((a, b) => weightIn(b) - weightIn(a))
    .slice(0, MOST_COMPARED);
  if (words.length < FEWEST_WORDS) return [];
  const { rows } = await ctx.db.pool.query<RelatedNote>(
    `with held as (
       select w.position, w.weight, unnest(string_to_array(w.ids, ' ')::uuid[]) as chunk_id
         from unnest($2::float8[], $3::text[]) with ordinality as w (weight, ids, position)
     ), shared as (
       select distinct c.note_id, held.position, held.weight from held join note_chunks c on c.id = held.chunk_id
     )
     select n.id as "noteId", n.path, n.title, n.description
       from shared join notes n on n.id = shared.note_id
      where n.space_id = $1 and n.path is distinct from $4 and n.front_matter ->> 'status' is distinct from 'deprecated'
      group by n.id having count(*) >= ${FEWEST_WORDS} and sum(shared.weight) >= $5
      order by sum(shared.weight) desc, n.committed_at desc, n.id limit $6`,
    [
      spaceId,
      words.map(weightIn),
      words.map((word) => [...word.chunkIds].join(" ")),
      exceptPath,
      FLOOR * words.reduce((sum, word) => sum + weightIn(word), 0),
      limit,
    ],
  );
  return rows;
}
