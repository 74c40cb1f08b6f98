/**
 * Text from a model or a chat on one line: no control characters (Postgres refuses U+0000 in JSON), no half characters,
 * nothing that turns the direction of what stands around it.
 */
export function oneLine(text: string, most: number): string {
  // What is far behind the limit need not be cleaned.
  const near = wellFormed(text.slice(0, most * 4 + 1_000));
  return shortened(near.replace(/[\s\p{Cc}]+/gu, " ").trim(), most);
}

/** The same with its paragraphs kept, as Markdown without images: a picture's address could carry text out when it is shown. */
export function paragraphs(text: string, most: number): string {
  const clean = wellFormed(text.slice(0, most * 2))
    .replace(/\r\n?/gu, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .replaceAll("![", "[")
    .replace(/\n{3,}/gu, "\n\n")
    .trim();
  return shortened(clean, most);
}

/** At most so many UTF-16 units, cut between words where that leaves enough, never within a character. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/u, "");
  // By hand: a pattern anchored at the end would look at each run of spaces in a hostile text again and again.
  let end = cut.length;
  while (end > 0 && !/\s/u.test(cut.charAt(end - 1))) end -= 1;
  if (end <= most / 2) end = cut.length;
  while (end > 0 && /[\s,;:.–—-]/u.test(cut.charAt(end - 1))) end -= 1;
  return `${cut.slice(0, end)}…`;
}

function wellFormed(text: string): string {
  return text.toWellFormed().replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
}
