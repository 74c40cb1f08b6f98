import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";

import type { Word } from "./words.ts";

const MOST_NOTES = 10;
const MOST_WORDS = 8;
/** How alike a word and a title must be for Postgres to name the note; whether it is a slip is decided by the letters. A slip changes less of a long word. */
const LIKENESS = { short: 0.35, long: 0.4 };
const LONG = 8;
const SHORTEST_SLIP = 5;
/** So many titles are compared letter by letter. */
const MOST_READ = 500;

/** The notes with most of the words in their titles. */
export async function notesByTitle(ctx: Ctx, spaceId: string, words: readonly Word[]): Promise<string[]> {
  // Common words find too many titles; where there are no others they must do.
  const rare = words.some((word) => !word.isEverywhere) ? words.filter((word) => !word.isEverywhere) : words;
  const telling = rare.toSorted((a, b) => b.weight - a.weight).slice(0, MOST_WORDS);
  // A stem is where its words begin, but for a last y that became an i. Shorter ones would be looked for in every title.
  const stems = telling.map((word) => word.lexeme.replace(/(?<=.)i$/, "")).filter((stem) => stem.length >= 3);
  if (stems.length === 0) return [];
  const patterns = stems.map((stem) => `%${stem.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  const { rows } = await ctx.db.pool.query<{ id: string }>(
    `select id from notes where space_id = $1 and title ilike any($2)
      order by (select count(*) from unnest($2::text[]) as pattern where title ilike pattern) desc, committed_at desc
      limit ${MOST_NOTES}`,
    [spaceId, patterns],
  );
  return rows.map((row) => row.id);
}

/** A word that no note has, as it was written and in the form that the index would have. */
export type UnknownWord = Pick<Word, "lexeme" | "written">;
/** A note with a word in its title that differs from an unknown one by a slip of the finger. */
type Slip = { noteId: string; lexeme: string; written: string; meant: string };

/** The notes with a word in their titles that one of the unknown words may have meant. */
export async function notesBySlip(ctx: Ctx, spaceId: string, words: readonly UnknownWord[]): Promise<Slip[]> {
  const unknown = words.filter(({ written }) => written.length >= SHORTEST_SLIP && /^\p{L}+$/u.test(written));
  if (unknown.length === 0) return [];
  const [latin, other] = [unknown.filter(isLatin), unknown.filter((word) => !isLatin(word))];
  const titles = [...(await byTrigrams(ctx, spaceId, latin)), ...(await byThirds(ctx, spaceId, other))];
  return titles.flatMap(({ id, title, lexeme, written }) => {
    const meant = (title.toLowerCase().match(/\p{L}+/gu) ?? []).find(
      (word) => isSlip(written, word) || (lexeme.length < word.length && isSlip(lexeme, word.slice(0, lexeme.length))),
    );
    return meant === undefined ? [] : [{ noteId: id, lexeme, written, meant }];
  });
}

type Alike = { id: string; title: string; lexeme: string; written: string };

const isLatin = ({ written }: UnknownWord) => /^[a-z]+$/.test(written);

async function byTrigrams(ctx: Ctx, spaceId: string, words: readonly UnknownWord[]): Promise<Alike[]> {
  const [long, short] = [words.filter(isLong), words.filter((word) => !isLong(word))];
  return [
    ...(await byLikeness(ctx, spaceId, long, LIKENESS.long)),
    ...(await byLikeness(ctx, spaceId, short, LIKENESS.short)),
  ];
}

const isLong = ({ written }: UnknownWord) => written.length >= LONG;

async function byLikeness(
  ctx: Ctx,
  spaceId: string,
  words: readonly UnknownWord[],
  likeness: number,
): Promise<Alike[]> {
  if (words.length === 0) return [];
  return transaction(ctx.db, async (tx) => {
    await tx.query(`set local pg_trgm.word_similarity_threshold = ${likeness}`);
    return tx.query<Alike>(
      `select n.id, n.title, w.lexeme, w.written
         from unnest($2::text[], $3::text[]) as w (lexeme, written),
              lateral (select id, title from notes where space_id = $1 and w.written <% title
                        order by word_similarity(w.written, title) desc limit ${MOST_NOTES}) n`,
      [spaceId, words.map((word) => word.lexeme), words.map((word) => word.written)],
    );
  });
}

/** In the locale of our Postgres only Latin letters make trigrams. Of three parts of a word a slip leaves one as it was. */
async function byThirds(ctx: Ctx, spaceId: string, words: readonly UnknownWord[]): Promise<Alike[]> {
  if (words.length === 0) return [];
  const parts = words.map(({ written }) => {
    const third = Math.ceil(written.length / 3);
    // Without its last letter, which is another one in another case.
    return [written.slice(0, third), written.slice(third, 2 * third), written.slice(2 * third, -1)]
      .filter((part) => part.length >= 2)
      .map((part) => `%${part}%`);
  });
  const { rows } = await ctx.db.pool.query<Alike>(
    `select n.id, n.title, w.lexeme, w.written
       from unnest($2::text[], $3::text[], $4::text[]) as w (lexeme, written, parts),
            lateral (select id, title from notes where space_id = $1 and title ilike any(string_to_array(w.parts, ' '))
                      order by committed_at desc limit ${MOST_READ}) n`,
    [spaceId, words.map((word) => word.lexeme), words.map((word) => word.written), parts.map((each) => each.join(" "))],
  );
  return rows;
}

/** Whether one word is the other with a letter too many, too few, wrong, or in its neighbour's place; with two of them in long words. */
function isSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  if (a === b || shorter < SHORTEST_SLIP - 1 || Math.abs(a.length - b.length) > 2) return false;
  if (shorter < 7 && a.charAt(0) !== b.charAt(0)) return false;
  return distance(a, b) <= (shorter >= 8 ? 2 : 1);
}

/** How many such slips lie between two words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
