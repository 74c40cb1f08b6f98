import type { Ctx } from "#server/lib/ctx.ts";

/** A content word of a text in the form that the index has, and what it weighs: the rarer in the space, the more. */
export type Word = {
  lexeme: string;
  /** As it was written. */
  written: string;
  weight: number;
  /** The parts of notes that hold it, or as many of them as were looked for. */
  chunkIds: Set<string>;
  isEverywhere: boolean;
};

const MAX_CHARACTERS = 10_000;
const MAX_LEXEME_BYTES = 200;
/** Of a word that more parts hold, it is enough to know that it is a common one. */
const MOST_PARTS = 1_000;
/** In a space with less, a word that stands in one part says no more than it does in one of this size. */
const FEWEST_PARTS = 60;

/** Words that ask for something and say nothing of what. The stop words of the index are more; the commonest stand here for those who have none. */
const ASKING = new Set(
  `a an the is are was were be been am do does did has have had to of in on at by for from with and or not no if it its this that
   these those what who whom whose which when where why how can we our you your they their he she i my me
   в во на с со по к ко у о об от до за из для без и или не ни но а что кто как где когда куда зачем ли же бы мы вы я он она они оно
   у нас вас их его ее её это есть быть был была были если то так там тут
   please tell know anyone anybody someone somebody hi hello hey thanks thank us many much need want explain give let say show find get got
   would could may might must shall also still ever often one there's what's who's where's how's when's i'm we're does
   почему сколько какие каких каким какими какое какого какому каком какая какой наш наша наши наше нашей нашем нашего наших нашим нашу
   это эта эту пожалуйста подскажи подскажите скажи скажите расскажи расскажите объясни объясните привет здравствуйте спасибо
   нужно надо кто-нибудь кто-то знает знаешь знаете который которая которые которое чей чья чье чьи ли мне нам кому кого чего чему
   каждый свой свои своего своей делать нужен нужна нужны можешь можете часто`
    .split(/\s+/)
    .filter(Boolean),
);

/** The words of a text as they were written, without those that only ask. No more than `most` different ones. */
export function contentWords(text: string, most: number): string[] {
  const plain = text.toWellFormed().replaceAll("\0", " ").slice(0, MAX_CHARACTERS).toWellFormed();
  const words = plain.toLowerCase().match(/[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_.@'’-]*[\p{L}\p{N}\p{M}])?/gu) ?? [];
  const wanted = words.filter((word) => !ASKING.has(word) && Buffer.byteLength(word) <= MAX_LEXEME_BYTES);
  return [...new Set(wanted)].slice(0, most);
}

/**
 * The words with the parts of a space's notes that hold them; stop words of English and Russian fall out.
 * @param mostParts so many parts of each word are looked for
 */
export async function lookUp(
  ctx: Ctx,
  spaceId: string,
  written: readonly string[],
  mostParts = MOST_PARTS,
): Promise<Word[]> {
  if (written.length === 0) return [];
  const { rows } = await ctx.db.pool.query<{ written: string; lexeme: string; chunkIds: string[]; total: number }>(
    `with lexemes as (
       select distinct on (lexeme) lexeme, w.written, w.position
         from unnest($2::text[]) with ordinality as w (written, position),
              unnest(tsvector_to_array(to_tsvector('russian', w.written))) as lexeme
        order by lexeme, w.position
     )
     select l.written, l.lexeme,
            array(select c.id from note_chunks c
                   where c.space_id = $1 and to_tsvector('russian', c.text) @@ ${quoted("l.lexeme")}
                   limit $3) as "chunkIds",
            (select count(*)::int from note_chunks c where c.space_id = $1) as total
       from lexemes l order by l.position`,
    [spaceId, written, mostParts],
  );
  return rows.map(({ chunkIds, total, ...word }) => ({
    ...word,
    chunkIds: new Set(chunkIds),
    isEverywhere: chunkIds.length === mostParts,
    weight: weightOf(chunkIds.length, total),
  }));
}

/** SQL for a lexeme as a query that is nothing but this lexeme, whatever it holds. */
export function quoted(sql: string): string {
  return `('''' || replace(replace(${sql}, '\\', '\\\\'), '''', '''''') || '''')::tsquery`;
}

/** A word that is nowhere weighs as much as one that stands once. */
function weightOf(found: number, total: number): number {
  return Math.log(1 + Math.max(total, FEWEST_PARTS) / Math.max(1, found));
}

/** What the words weigh together that `holds` says yes to, as a share of all: 0 to 1. */
export function shareOf(words: readonly Word[], credit: (word: Word) => number): number {
  const all = words.reduce((sum, word) => sum + word.weight, 0);
  return all === 0 ? 0 : words.reduce((sum, word) => sum + word.weight * credit(word), 0) / all;
}

/** The parts that hold most of the words, by weight. */
export function withMostWords(words: readonly Word[], most: number): string[] {
  const weights = new Map<string, number>();
  for (const { chunkIds, weight } of words) {
    for (const id of chunkIds) weights.set(id, (weights.get(id) ?? 0) + weight);
  }
  return [...weights]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([id]) => id);
}
