/** One sentence of a message. Offsets are UTF-16 units into the message's text. */
export type Sentence = {
  start: number;
  end: number;
  /** As it stands in the message: what is quoted. */
  original: string;
  /** With plain quotes and spaces, without list marks and emoji, links as `$LINK`: what is read. */
  plain: string;
  /** An entry of a list under "Next steps:", "TODO" and the like. */
  isListed: boolean;
};

/** Longer texts are pasted documents, not talk; the rest of them is not read. */
const LONGEST_TEXT = 6_000;

/** The sentences of a message that are its author's own words: no code, no quoted lines, nothing without letters. */
export function sentencesOf(text: string): Sentence[] {
  const masked = mask(text.slice(0, LONGEST_TEXT));
  const sentences: Sentence[] = [];
  let isUnderHeading = false;
  for (const line of masked.matchAll(/[^\n]+/gu)) {
    // Most lines of a chat are one sentence; segmenting is the dear part.
    const parts = /[.!?…]\s+\S|\s\d\)\s/u.test(line[0]) ? segments(line[0]) : [{ segment: line[0], index: 0 }];
    for (const { segment, index } of parts) {
      const lead = /^\s*(?:[-*•–—▪◦+]\s+|\d{1,2}[.)]\s+|\[[ x]?\]\s*)*\s*/iu.exec(segment)?.[0].length ?? 0;
      const start = line.index + index + lead;
      const end = line.index + index + segment.trimEnd().length;
      if (end <= start) continue;
      const plain = plainOf(masked.slice(start, end));
      const isListed = isUnderHeading && /[-*•–—▪◦+\d[]/u.test(segment.slice(0, lead));
      if (/\p{L}{2}/u.test(plain) || /^[+-]1\b|^[👍✅]/u.test(plain)) {
        sentences.push({ start, end, original: text.slice(start, end), plain, isListed });
      }
    }
    isUnderHeading = HEADING.test(line[0]) || (isUnderHeading && /^\s*(?:[-*•–—▪◦+[]|\d{1,2}[.)])/u.test(line[0]));
  }
  return sentences;
}

const HEADING =
  /^\W*(?:next steps?|to-?dos?|to do|action items?|actions?|tasks?|plan|still open|open points?|план|задачи|дальше|сделать|нужно сделать)(?!\p{L})[^.!?]{0,40}:?\s*$/iu;
/** A sentence is read so far; beyond that it is no sentence. */
const LONGEST_SENTENCE = 600;

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
/** Where a full stop does not end a sentence. */
const ABBREVIATION = /(?:^|\s)(?:e\.g|i\.e|etc|vs|approx|no|nr|dr|mr|mrs|ms|st|т\.е|т\.к|т\.д|др|ул|г|руб)\.\s*$/iu;

function segments(line: string): { segment: string; index: number }[] {
  const joined: { segment: string; index: number }[] = [];
  for (const { segment, index } of segmenter.segment(line)) {
    const previous = joined.at(-1);
    if (previous && ABBREVIATION.test(previous.segment)) previous.segment += segment;
    else joined.push({ segment, index });
  }
  // "Two things: 1) … 2) …" in one line.
  return joined.flatMap(({ segment, index }) => {
    let at = index;
    return segment.split(/(?<=\s)(?=\d\)\s)/u).map((part) => {
      at += part.length;
      return { segment: part, index: at - part.length };
    });
  });
}

/** The text at the same length, with what is nobody's own words blanked out and links made one word. */
function mask(text: string): string {
  return text
    .replace(/```[\s\S]*?(?:```|$)/gu, (code) => code.replace(/[^\n]/gu, " "))
    .replace(/`[^`\n]{1,80}`/gu, (code) => `\u0001${code.slice(1, -1)}\u0001`)
    .replace(/^>.*$/gmu, (quoted) => " ".repeat(quoted.length))
    .replace(/(?:https?:\/\/|www\.)\S+/giu, (link) => "\u0002".repeat(link.length));
}

function plainOf(masked: string): string {
  return masked
    .replace(/[‘’`´]/gu, "'")
    .replace(/[“”«»]/gu, '"')
    .replaceAll("\u0001", "`")
    .replace(/\u0002+/gu, "$LINK")
    .replace(/(?!^)(?:\p{Extended_Pictographic}|\u200d|\ufe0f)/gu, " ")
    .replace(/^(?:\p{Extended_Pictographic}|\u200d|\ufe0f)+(?=\s*\p{L})/u, " ")
    .replace(/\s+/gu, " ")
    .replace(/ ([.!?,;:])/gu, "$1")
    .trim()
    .slice(0, LONGEST_SENTENCE);
}
