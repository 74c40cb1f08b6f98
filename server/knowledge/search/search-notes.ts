import type { Ctx } from "#server/lib/ctx.ts";

import { type Embedder, findByMeaning } from "../meaning.ts";
import type { SearchFilters } from "../schema.ts";
import { askable, type Meant, notesOf, whatWasMeant, wordsAsked } from "./asked.ts";
import { type Facets, facetsOf } from "./facets.ts";
import { fuse } from "./fuse.ts";
import { type Match, type Matches, matchesOf } from "./matches.ts";
import { type ShownNote, shownNotes } from "./shown.ts";

/** How a note was found: it has all words, some of them, one that is nearly one of them, means the same, or is what the filters leave. */
export type How = "words" | "some words" | "spelling" | "meaning" | "filters";

export type SearchResult = {
  items: Array<ShownNote & { how: How[] }>;
  /** How many there are. */
  total: number;
  /** Where the next ones begin; null after the last. */
  nextCursor: number | null;
  /** Another text that finds more, where no note has these words. */
  suggestion: string | null;
  /** What there is to filter by, with how many of the found notes have it. */
  facets: Facets;
};

const RESULTS = 20;
const NEAR_BY_MEANING = 40;
/** Somebody is looking at an empty page meanwhile. */
const MEANING_WAIT_MS = 1_000;
const IS_EXACT = /"|(?:^|\s)-\S/;

type Given = { spaceId: string; query: string; filters?: SearchFilters | undefined };

/**
 * Notes that have what was asked for, best first: by their words in all forms, where there are none by some of the words and by titles with a
 * slip in them, and by meaning where there is an embedder. Any text is a query. With none, the notes that the filters leave, the newest first.
 */
export async function searchNotes(
  deps: { embedder?: Embedder | null },
  ctx: Ctx,
  given: Given & { cursor?: number | undefined; limit?: number | undefined },
): Promise<SearchResult> {
  const { spaceId, filters = {}, cursor = 0, limit = RESULTS } = given;
  const text = askable(given.query);
  const { found, howOf, matches, words, suggestion } =
    text === "" ? await byFilters(ctx, { spaceId, filters }) : await byText(deps, ctx, { spaceId, filters, text });
  const page = found.slice(cursor, cursor + limit);
  const noteIds = page.map((match) => match.id);
  const half = Math.ceil(noteIds.length / 2);
  // Marking the words is what takes longest; two connections share it.
  const [first, second, facets] = await Promise.all([
    shownNotes(ctx, { spaceId, words, noteIds: noteIds.slice(0, half) }),
    shownNotes(ctx, { spaceId, words, noteIds: noteIds.slice(half) }),
    facetsOf(ctx, spaceId, matches.counts),
  ]);
  const byId = new Map([...first, ...second].map((note) => [note.id, note]));
  return {
    items: page.flatMap((match) => {
      const note = byId.get(match.id);
      return note ? [{ ...note, how: howOf(match) }] : [];
    }),
    total: found.length === 0 ? 0 : matches.total,
    nextCursor: cursor + limit < found.length ? cursor + limit : null,
    suggestion,
    facets,
  };
}

type Found = {
  /** Best first. */
  found: readonly Match[];
  howOf: (match: Match) => How[];
  matches: Matches;
  /** What to mark in the notes. */
  words: string;
  suggestion: string | null;
};

async function byFilters(ctx: Ctx, given: { spaceId: string; filters: SearchFilters }): Promise<Found> {
  const isFiltered = Object.values(given.filters).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  );
  const matches = await matchesOf(ctx, { ...given, words: null, noteIds: [] });
  // Nothing is looked for yet: only what there is to filter by.
  if (!isFiltered) matches.items = [];
  return { found: matches.items, howOf: () => ["filters"], matches, words: "", suggestion: null };
}

async function byText(
  deps: { embedder?: Embedder | null },
  ctx: Ctx,
  { spaceId, filters, text }: { spaceId: string; filters: SearchFilters; text: string },
): Promise<Found> {
  const [asked, near] = await Promise.all([
    wordsAsked(ctx, spaceId, text),
    nearNotes(deps.embedder, ctx, spaceId, text),
  ]);
  const exactly = async () =>
    inOrder(await matchesOf(ctx, { spaceId, words: asked.query, noteIds: near, filters }), {
      ...{ words: asked.query, near, meant: null },
    });
  if (asked.isAnywhere) return exactly();
  const meant = await whatWasMeant(ctx, spaceId, text);
  // Who puts words into quotes or takes one out wants just that.
  const others = IS_EXACT.test(text) ? [] : [...meant.withSome, ...meant.bySlip];
  if (others.length === 0) return { ...(await exactly()), suggestion: meant.suggestion };
  const noteIds = [...new Set([...near, ...others])];
  return inOrder(await matchesOf(ctx, { spaceId, words: "", noteIds, filters }), { words: meant.anyOf, near, meant });
}

function inOrder(
  matches: Matches,
  { words, near, meant }: { words: string; near: readonly string[]; meant: Meant | null },
): Found {
  const [meaning, some, slips] = [placesOf(near), placesOf(meant?.withSome ?? []), placesOf(meant?.bySlip ?? [])];
  const inPlace = (places: ReadonlyMap<string, number>) =>
    matches.items.filter(({ id }) => places.has(id)).toSorted((a, b) => places.get(a.id)! - places.get(b.id)!);
  const byWords = matches.items.filter((item) => item.hasWords).toSorted((a, b) => (b.rank ?? 0) - (a.rank ?? 0));
  const howOf = ({ id, hasWords }: Match): How[] => [
    ...(hasWords ? (["words"] as const) : []),
    ...(some.has(id) ? (["some words"] as const) : []),
    ...(slips.has(id) ? (["spelling"] as const) : []),
    ...(meaning.has(id) ? (["meaning"] as const) : []),
  ];
  const found = fuse([byWords, inPlace(some), inPlace(meaning), inPlace(slips)], (item) => item);
  return { found, howOf, matches, words, suggestion: meant?.suggestion ?? null };
}

/** The notes with the parts that mean most nearly the same, best first. */
async function nearNotes(
  embedder: Embedder | null | undefined,
  ctx: Ctx,
  spaceId: string,
  question: string,
): Promise<string[]> {
  if (!embedder) return [];
  const signal = AbortSignal.timeout(MEANING_WAIT_MS);
  let parts: Array<{ chunkId: string }> = [];
  try {
    parts = await findByMeaning(embedder, ctx, { spaceId, question, limit: NEAR_BY_MEANING, signal });
  } catch (error) {
    // Words find a note without it.
    if (!signal.aborted) throw error;
  }
  return notesOf(
    ctx,
    spaceId,
    parts.map((part) => part.chunkId),
  );
}

const placesOf = (ids: readonly string[]) => new Map(ids.map((id, place) => [id, place]));
