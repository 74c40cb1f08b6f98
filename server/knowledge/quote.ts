import { contentWords } from "./words.ts";

/** What `quoteFor` reads of a passage. */
type Quotable = { title: string; headings: readonly string[]; text: string };
/** A sentence or a line, with the heading in the text that it stands under. */
type Piece = { start: number; end: number; heading: string };

const SENTENCES = new Intl.Segmenter("en", { granularity: "sentence" });
const MOST_CHARACTERS = 400;
const MOST_PIECES = 3;
/** A word that stands in the title or the headings is the subject; the others are what is asked about it. */
const SUBJECT_WORTH = 0.4;
/** A sentence need not repeat the heading that it stands under. */
const HEADING_WORTH = 0.6;
const NUMBER_WORTH = 0.5;
/** What each further sentence must bring. */
const PIECE_COST = 0.3;
const ASKS_NUMBER =
  /how (?:many|much|long|often|old|far|big)|when|what time|which day|price|cost|сколько|когда|котор|во сколько|цена|стоимость|срок/iu;

/**
 * The one to three sentences or lines of a passage that say most about what is asked, as they stand in it, at most 400 characters.
 * Needs no model.
 */
export function quoteFor(question: string, passage: Quotable): string {
  const { text } = passage;
  const pieces = piecesOf(text);
  const wanted = contentWords(question, 40).map(stemOf);
  const subject = contentWords([passage.title, ...passage.headings].join(" "), 100).map(stemOf);
  const asksNumber = ASKS_NUMBER.test(question.slice(0, 1_000));
  const stemsOf = (each: string) => contentWords(each, 200).map(stemOf);
  const worth = (piece: string, heading: string) => {
    const [words, above] = [stemsOf(piece), stemsOf(heading)];
    const worthOf = (stem: string) => {
      if (words.some((word) => isSameStem(word, stem))) {
        return subject.some((word) => isSameStem(word, stem)) ? SUBJECT_WORTH : 1;
      }
      return above.some((word) => isSameStem(word, stem)) ? HEADING_WORTH : 0;
    };
    const score = wanted.reduce((sum, stem) => sum + worthOf(stem), 0);
    return score + (asksNumber && /\d/.test(piece) ? NUMBER_WORTH : 0);
  };
  let best = { from: 0, to: 0, worth: -1 };
  for (let from = 0; from < pieces.length; from += 1) {
    for (let to = from; to < Math.min(pieces.length, from + MOST_PIECES); to += 1) {
      const piece = between(text, pieces[from], pieces[to]);
      const heading = pieces[from]?.heading ?? "";
      if (to > from && (piece.length > MOST_CHARACTERS || pieces[to]?.heading !== heading)) break;
      const value = worth(piece, heading) - PIECE_COST * (to - from);
      if (value > best.worth) best = { from, to, worth: value };
    }
  }
  return shortened(between(text, pieces[best.from], pieces[best.to]));
}

/** The sentences of a text, and its lines where they are items of a list, rows of a table or code. */
function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let heading = "";
  for (const match of text.matchAll(/[^\n]+/g)) {
    const line = match[0];
    if (/^#{1,6}[ \t]/.test(line)) {
      heading = line;
      continue;
    }
    const isWhole = /^\s*(?:[-*+>|]|\d+[.)]|`{3}|~{3})/.test(line) && line.length <= MOST_CHARACTERS;
    const sentences = isWhole ? [{ segment: line, index: 0 }] : SENTENCES.segment(line);
    for (const { segment, index } of sentences) {
      const start = match.index + index + (segment.length - segment.trimStart().length);
      const end = match.index + index + segment.trimEnd().length;
      if (end > start && !/^[\s|:`~-]*$/.test(segment)) pieces.push({ start, end, heading });
    }
  }
  return pieces;
}

function between(text: string, from: Piece | undefined, to: Piece | undefined): string {
  return from && to ? text.slice(from.start, to.end) : text.trim();
}

function shortened(quote: string): string {
  if (quote.length <= MOST_CHARACTERS) return quote;
  const start = quote.slice(0, MOST_CHARACTERS);
  const space = start.lastIndexOf(" ");
  const cut = start.slice(0, space > MOST_CHARACTERS / 2 ? space : MOST_CHARACTERS);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** What is left of a word when it takes its forms: rough, as it only chooses between sentences of one passage. */
function stemOf(word: string): string {
  const plain = word.replaceAll("ё", "е");
  if (/\d/.test(plain) || plain.length < 5) return plain;
  return plain.slice(0, Math.max(4, plain.length - (/[а-я]/.test(plain) ? 2 : plain.length > 7 ? 3 : 1)));
}

const isSameStem = (a: string, b: string) =>
  a === b || (Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a)));
