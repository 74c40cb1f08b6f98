/**
 * Text from a model or a chat on one line: no control characters (Postgres refuses U+0000 in JSON), no half characters,
 * nothing that turns the direction of what stands around it.
 */
export function oneLine(text: string, most: number): string {
  return shortened(
    wellFormed(text)
      .replace(/[\s\p{Cc}]+/gu, " ")
      .trim(),
    most,
  );
}

/** The same with its paragraphs kept, as Markdown without images: a picture's address could carry text out when it is shown. */
export function paragraphs(text: string, most: number): string {
  const clean = wellFormed(text)
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
  const atWord = cut.replace(/\s+\S*$/u, "");
  return `${(atWord.length > most / 2 ? atWord : cut).replace(/[\s,;:.–—-]+$/u, "")}…`;
}

function wellFormed(text: string): string {
  return text.toWellFormed().replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
}
