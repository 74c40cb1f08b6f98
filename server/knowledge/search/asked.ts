import type { Ctx } from "#server/lib/ctx.ts";

import { notesBySlip, type UnknownWord } from "../titles.ts";
import { contentWords, quoted } from "../words.ts";
import { FORMS } from "./words-of-note.ts";

const MAX_QUERY_CHARACTERS = 200;
/** Of a text that no note has all words of, so many are looked at one by one. */
const MOST_WORDS = 8;
/** So many notes are looked at for each, and so many with some of them are shown. */
const [MOST_NOTES, MOST_WITH_SOME] = [150, 40];

/** A text as Postgres can take it; more than anyone types into a line is not read. */
export const askable = (text: string) =>
  text.toWellFormed().replaceAll("\0", " ").slice(0, MAX_QUERY_CHARACTERS).toWellFormed().trim();

/**
 * What a text asks for, as a query of full text search: words in all their forms, "phrases", or, -not. The last word may be incomplete: it is
 * also looked for as the beginning of one. Empty where there is nothing in it to look for; never an error. `isAnywhere`: whether a note has it.
 */
export async function wordsAsked(
  ctx: Ctx,
  spaceId: string,
  text: string,
): Promise<{ query: string; isAnywhere: boolean }> {
  const { rows } = await ctx.db.pool.query<{ query: string; isAnywhere: boolean }>(
    `with asked as (
       select websearch_to_tsquery('${FORMS}', $1)::text as forms, websearch_to_tsquery('simple', $1)::text as plain
     ), begun as (
       select case when forms ~ '''$' then forms || ':*' else forms end as forms,
              case when plain ~ '''$' then plain || ':*' else plain end as plain
         from asked
     ), wanted as materialized (
       -- What is not wanted is not wanted in any form.
       select case when forms = '' or plain = forms or position('!' in forms) > 0 then forms::tsquery
                   else forms::tsquery || plain::tsquery end as query
         from begun
     )
     select query::text as query,
            exists (select from notes n where n.space_id = $2 and n.words @@ (select query from wanted)) as "isAnywhere"
       from wanted`,
    [text, spaceId],
  );
  return rows[0] ?? { query: "", isAnywhere: false };
}

/** What might have been meant where no note has all that was asked for. */
export type Meant = {
  /** Notes with some of the words, those with most of the rare ones first. */
  withSome: string[];
  /** A query for any of those words, to mark them. */
  anyOf: string;
  /** Notes whose titles have a word that is nearly one of the unknown ones. */
  bySlip: string[];
  /** The text with those words put right. */
  suggestion: string | null;
};

/** Takes a text apart that found nothing: which of its words are in which notes, and what the others may have been. */
export async function whatWasMeant(ctx: Ctx, spaceId: string, text: string): Promise<Meant> {
  const { rows: words } = await ctx.db.pool.query<UnknownWord & { noteIds: string[] }>(
    `select distinct on (l.lexeme) w.written, l.lexeme,
            array(select n.id from notes n where n.space_id = $1 and n.words @@ ${quoted("l.lexeme")} limit ${MOST_NOTES}) as "noteIds"
       from unnest($2::text[]) with ordinality as w (written, position),
            unnest(tsvector_to_array(to_tsvector('${FORMS}', w.written))) as l (lexeme)
      order by l.lexeme, w.position`,
    [spaceId, contentWords(text, MOST_WORDS)],
  );
  const known = words.filter((word) => word.noteIds.length > 0);
  const slips = await notesBySlip(
    ctx,
    spaceId,
    words.filter((word) => word.noteIds.length === 0),
  );
  return {
    withSome: withMost(known),
    anyOf: known.map(({ lexeme }) => `'${lexeme.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`).join(" | "),
    bySlip: [...new Set(slips.map((slip) => slip.noteId))],
    suggestion: corrected(text, slips),
  };
}

/** The notes that hold most of the words, the rarer ones for more. */
function withMost(words: ReadonlyArray<{ noteIds: readonly string[] }>): string[] {
  const weights = new Map<string, number>();
  for (const { noteIds } of words) {
    for (const id of noteIds) weights.set(id, (weights.get(id) ?? 0) + 1 / Math.log(2 + noteIds.length));
  }
  return [...weights]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_WITH_SOME)
    .map(([id]) => id);
}

/** The notes that parts belong to, in the order of the parts. */
export async function notesOf(ctx: Ctx, spaceId: string, chunkIds: readonly string[]): Promise<string[]> {
  if (chunkIds.length === 0) return [];
  const { rows } = await ctx.db.pool.query<{ noteId: string }>(
    `select c.note_id as "noteId" from unnest($2::uuid[]) with ordinality as near (id, place) join note_chunks c using (id)
      where c.space_id = $1 group by c.note_id order by min(near.place)`,
    [spaceId, chunkIds],
  );
  return rows.map((row) => row.noteId);
}

function corrected(text: string, slips: ReadonlyArray<{ written: string; meant: string }>): string | null {
  const meant = new Map(slips.toReversed().map((slip) => [slip.written, slip.meant]));
  if (meant.size === 0) return null;
  return text.toLowerCase().replaceAll(/\p{L}+/gu, (word) => meant.get(word) ?? word);
}
