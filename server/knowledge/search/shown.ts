import type { Ctx } from "#server/lib/ctx.ts";

import { FORMS } from "./words-of-note.ts";

/** A note as a list of what was found shows it. */
export type ShownNote = {
  id: string;
  path: string;
  type: string;
  title: string;
  description: string;
  topic: string | null;
  status: string | null;
  isVerified: boolean;
  /** Whether the day after which it may not hold any more has passed. */
  isStale: boolean;
  committedAt: Date;
  /** The place in it that fits, as pieces, so that nobody has to put HTML together: what was looked for, or what stands around it. */
  snippet: Array<{ text: string; isMatch: boolean }>;
};

/** Around a found word in a snippet: characters that no text from outside keeps. */
const [FOUND, FOUND_END] = ["\u0002", "\u0003"];
const OPTIONS = `StartSel=${FOUND}, StopSel=${FOUND_END}, MaxFragments=1, MaxWords=30, MinWords=12`;
/** Of a longer text only the beginning is looked through for the words. */
const MOST_CHARACTERS = 50_000;

/** What is shown of notes that were found; those that are gone meanwhile are not there. */
export async function shownNotes(
  ctx: Ctx,
  { spaceId, words, noteIds }: { spaceId: string; words: string; noteIds: readonly string[] },
): Promise<ShownNote[]> {
  if (noteIds.length === 0) return [];
  const { rows } = await ctx.db.pool.query<Omit<ShownNote, "snippet"> & { snippet: string }>(
    `select id, path, type, title, description, topic, status, is_verified as "isVerified",
            coalesce(stale_after <= $5::date, false) as "isStale", committed_at as "committedAt",
            case when $3 <> '' and words @@ $3::tsquery then ts_headline('${FORMS}', left(body, ${MOST_CHARACTERS}), $3::tsquery, $4)
                 else coalesce(nullif(description, ''), left(body, 200)) end as snippet
       from notes where space_id = $1 and id = any($2)`,
    [spaceId, noteIds, words, OPTIONS, ctx.now().toISOString().slice(0, 10)],
  );
  return rows.map(({ snippet, ...note }) => ({ ...note, snippet: piecesOf(snippet) }));
}

function piecesOf(snippet: string): ShownNote["snippet"] {
  return snippet
    .split(FOUND)
    .flatMap((piece, index) => {
      if (index === 0) return [{ text: piece, isMatch: false }];
      const [match = "", after = ""] = piece.split(FOUND_END);
      return [
        { text: match, isMatch: true },
        { text: after, isMatch: false },
      ];
    })
    .filter((piece) => piece.text !== "");
}
