import { type Formatted, slice } from "./formatted.ts";

/** The longest text of one message, in UTF-16 units. */
export const MOST_TEXT = 4096;

/**
 * A text in parts that fit into messages, each as long as can be: cut between paragraphs, else between lines, else between words;
 * code blocks stay whole where they fit. A mark that is cut goes on in the next part. Lazy, so that a caller can stop early.
 */
export function* partsOf(whole: Formatted, limit = MOST_TEXT): Generator<Formatted> {
  let from = 0;
  while (from < whole.text.length) {
    const to = whole.text.length - from <= limit ? whole.text.length : cutAt(whole, from, limit);
    const part = slice(whole, from, to);
    if (part.text.trim() !== "") yield part;
    from = to;
  }
}

/** Where the part that begins at `from` ends, if it cannot be the last. */
function cutAt({ text, entities }: Formatted, from: number, limit: number): number {
  const most = from + limit;
  const block = entities.find(
    (entity) => entity.type === "pre" && entity.offset < most && entity.offset + entity.length > most,
  );
  // A code block that fits into a part of its own begins one.
  if (block && block.offset > from && block.length <= limit) return block.offset;
  // An early cut would make many small parts.
  const least = from + Math.floor(limit / 2);
  const window = text.slice(least, most);
  // What is longer than a part has to be cut; all other code is not.
  const blocks = entities.filter(
    (entity) =>
      entity.type === "pre" && entity !== block && entity.offset < most && entity.offset + entity.length > least,
  );
  for (const gap of ["\n\n", "\n", " "]) {
    const at = lastAllowed(window, gap, least, blocks);
    if (at !== undefined) return at;
  }
  return cutsPair(text, most) ? most - 1 : most;
}

/** After the last such gap that is in none of the code blocks. */
function lastAllowed(window: string, gap: string, offset: number, blocks: Formatted["entities"]): number | undefined {
  for (let at = window.lastIndexOf(gap); at >= 0; at = at === 0 ? -1 : window.lastIndexOf(gap, at - 1)) {
    const place = offset + at + gap.length;
    if (!blocks.some((block) => block.offset < place && place < block.offset + block.length)) return place;
  }
  return undefined;
}

/** Whether an offset is between the two halves of one character. */
function cutsPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
