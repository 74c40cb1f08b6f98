import type { Ctx } from "#server/lib/ctx.ts";

import { bringChunksUpToDate } from "./chunks.ts";
import { type Embedder, findByMeaning } from "./meaning.ts";
import { fuse } from "./search/fuse.ts";
import { notesBySlip, notesByTitle } from "./titles.ts";
import { contentWords, lookUp, shareOf, withMostWords, type Word } from "./words.ts";

/** A part of a note that may answer a question. */
export type Passage = {
  noteId: string;
  path: string;
  title: string;
  type: string;
  /** The headings above it, from the top. */
  headings: string[];
  /** Its first line in the note's body, from 1. */
  line: number;
  /** As it stands in the note. */
  text: string;
  /** How much of what was asked stands there, from 0 to 1: rare words count more. Comparable between questions. */
  score: number;
  how: Array<"words" | "spelling" | "meaning">;
  /** Whether a person approved the note. */
  verified: boolean;
  /** `draft`, `stable`, `deprecated`, or whatever else its file says. */
  status: string | null;
  committedAt: Date;
};

/** A question of more different words is not a question any more; its first ones count. */
const MOST_WORDS = 40;
const MOST_OF_A_NOTE = 3;
/** So many parts are looked at closely, of those that hold most of the words and of those that mean most nearly the same. */
const [CLOSE_BY_WORDS, CLOSE_BY_MEANING, PARTS_OF_A_TITLE] = [80, 40, 2];
/** A note is about what its title, tags and headings say; what its text mentions counts for less, as does a word that is only nearly the same. */
const [TEXT_CREDIT, SLIP_CREDIT] = [0.9, 0.8];
const TITLE_BONUS = 0.3;

/**
 * The parts of a space's notes that answer a question best, best first: by its words in all their forms, by titles with a slip in them,
 * and by meaning where there is an embedder. Any text is a question; one of nothing but stop words finds nothing.
 * @throws the signal's reason when aborted; without search by meaning when that fails
 */
export async function findPassages(
  deps: { embedder?: Embedder | null },
  ctx: Ctx,
  given: { spaceId: string; question: string; limit?: number; signal: AbortSignal },
): Promise<Passage[]> {
  const { spaceId, question, limit = 8, signal } = given;
  signal.throwIfAborted();
  await bringChunksUpToDate(ctx, { spaceId });
  const words = await lookUp(ctx, spaceId, contentWords(question, MOST_WORDS));
  if (words.length === 0) return [];
  const [byTitle, slips, byMeaning] = await Promise.all([
    notesByTitle(ctx, spaceId, words),
    notesBySlip(
      ctx,
      spaceId,
      words.filter((word) => word.chunkIds.size === 0),
    ),
    deps.embedder
      ? findByMeaning(deps.embedder, ctx, { spaceId, question: plain(question), limit: CLOSE_BY_MEANING, signal })
      : [],
  ]);
  signal.throwIfAborted();
  const chunkIds = [...withMostWords(words, CLOSE_BY_WORDS), ...byMeaning.map((each) => each.chunkId)];
  const noteIds = [...byTitle, ...slips.map((slip) => slip.noteId)];
  const parts = await lookClosely(ctx, spaceId, { chunkIds, noteIds, words });
  const meanings = new Map(byMeaning.map((each) => [each.chunkId, each.score]));
  const slipsOf = Map.groupBy(slips, (slip) => slip.noteId);
  const found = parts.map((part) => {
    const slipped = new Set((slipsOf.get(part.noteId) ?? []).map((slip) => slip.lexeme));
    return judge(part, words, slipped, meanings.get(part.id) ?? 0);
  });
  return inOrder(found).slice(0, limit);
}

/** The question as a model may be given it. */
const plain = (question: string) => question.toWellFormed().replaceAll("\0", " ").slice(0, 4_000).toWellFormed();

type Part = Omit<Passage, "score" | "how"> & {
  id: string;
  /** The words that stand in it, and above it: in the title, the tags, the description and the headings. */
  inText: string[];
  above: string[];
  /** How often and how near to each other. */
  rank: number;
};

async function lookClosely(
  ctx: Ctx,
  spaceId: string,
  given: { chunkIds: readonly string[]; noteIds: readonly string[]; words: readonly Word[] },
): Promise<Part[]> {
  const { rows } = await ctx.db.pool.query<Part>(
    `with wanted as (
       select array_agg(lexeme) as lexemes,
              string_agg('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')::tsquery as any_of
         from unnest($4::text[]) as lexeme
     ), parts as (
       select id from note_chunks where space_id = $1 and id = any($2)
        union
       select id from note_chunks where space_id = $1 and note_id = any($3) and position < ${PARTS_OF_A_TITLE}
     ), read as materialized (
       select c.id, c.headings, c.line, c.text, n.id as note_id, n.path, n.title, n.type, n.status, n.is_verified, n.committed_at,
              to_tsvector('russian', c.text) as words,
              to_tsvector('russian', concat_ws(' ', n.title, array_to_string(n.tags, ' '), n.topic, n.description,
                                               array_to_string(c.headings, ' '))) as above
         from parts join note_chunks c using (id) join notes n on n.id = c.note_id
     )
     select id, note_id as "noteId", path, title, type, headings, line, text, committed_at as "committedAt",
            status, is_verified as verified,
            array(select unnest(wanted.lexemes) intersect select unnest(tsvector_to_array(words))) as "inText",
            array(select unnest(wanted.lexemes) intersect select unnest(tsvector_to_array(above))) as above,
            ts_rank_cd(words, wanted.any_of, 32) as rank
       from read, wanted order by id`,
    [spaceId, given.chunkIds, given.noteIds, given.words.map((word) => word.lexeme)],
  );
  return rows;
}

type Judged = { part: Part; how: Passage["how"]; score: number; byWords: number; meaning: number };

function judge(part: Part, words: readonly Word[], slipped: ReadonlySet<string>, meaning: number): Judged {
  const [text, above] = [new Set(part.inText), new Set(part.above)];
  const has = (word: Word) => text.has(word.lexeme) || above.has(word.lexeme);
  const isSlipped = (word: Word) => !has(word) && slipped.has(word.lexeme);
  const share = shareOf(words, (word) =>
    above.has(word.lexeme) ? 1 : has(word) ? TEXT_CREDIT : isSlipped(word) ? SLIP_CREDIT : 0,
  );
  const shareAbove = shareOf(words, (word) => (above.has(word.lexeme) || isSlipped(word) ? 1 : 0));
  const how: Passage["how"] = [];
  if (words.some(has)) how.push("words");
  if (words.some(isSlipped)) how.push("spelling");
  if (meaning > 0) how.push("meaning");
  return {
    part,
    how,
    score: Math.max(share, meaning),
    byWords: share === 0 ? 0 : share + TITLE_BONUS * shareAbove + part.rank / 5,
    meaning,
  };
}

/** One order from that by words and that by meaning. No note comes more than three times. */
function inOrder(found: readonly Judged[]): Passage[] {
  const lists = (["byWords", "meaning"] as const).map((by) =>
    found.filter((each) => each[by] > 0).toSorted((a, b) => b[by] - a[by] || newerFirst(a, b)),
  );
  const taken = new Map<string, number>();
  return fuse(lists, ({ part }) => part).flatMap(({ part, how, score }) => {
    const count = (taken.get(part.noteId) ?? 0) + 1;
    taken.set(part.noteId, count);
    if (count > MOST_OF_A_NOTE) return [];
    const { id: _id, inText: _inText, above: _above, rank: _rank, ...rest } = part;
    return [{ ...rest, score, how }];
  });
}

const newerFirst = (a: Judged, b: Judged) => b.part.committedAt.getTime() - a.part.committedAt.getTime();
