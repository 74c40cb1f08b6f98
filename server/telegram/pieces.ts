/** From here on a piece ends where it can. */
const LONG = 4_000;
/** Longer ones, and those that are built to be deep, are not read as Markdown: that takes the parser more time than their length. */
const LONGEST = 5_000;
const MOST_MARKERS = 16;

/** A part of a Markdown text that is read on its own. `isApart`: an empty line is before it. */
type Piece = { source: string; isReadable: boolean; isApart: boolean };

/**
 * A Markdown text in pieces that can be read one after another, so that reading takes time in proportion to its length. Pieces end at
 * empty lines outside of code blocks, or at any line where none comes; a text of usual length is one piece.
 */
export function* piecesOf(markdown: string): Generator<Piece> {
  let lines: string[] = [];
  /** How much of it is not in code blocks, in which the parser has nothing to look for. */
  let length = 0;
  let fence: string | null = null;
  let isApart = true;
  for (const line of markdown.split("\n")) {
    const isAfterGap = lines.at(-1)?.trim() === "";
    const isBorder = isAfterGap || length + line.length > LONGEST;
    if (length > LONG && fence === null && isBorder && /^\S/.test(line)) {
      yield { ...pieceOf(lines, length), isApart };
      isApart = isAfterGap;
      lines = [];
      length = 0;
    }
    if (fence === null) {
      fence = /^(?:`{3,}(?!.*`)|~{3,})/.exec(line)?.[0] ?? null;
      length += line.length + 1;
    } else if (/^ {0,3}(?:`{3,}|~{3,})\s*$/.test(line) && line.trim().startsWith(fence)) {
      fence = null;
    }
    lines.push(line);
  }
  yield { ...pieceOf(lines, length), isApart };
}

function pieceOf(lines: string[], length: number): Omit<Piece, "isApart"> {
  const source = lines.join("\n");
  // In HTML the signs of code blocks mean nothing, so that what seems to be code may be anything.
  const isShort = source.length <= LONGEST || (length <= LONGEST && !lines.some((line) => /^ {0,3}</.test(line)));
  return { source, isReadable: isShort && !lines.some(isDeep) };
}

/** Whether a line begins with many marks of lists and quotes, or has words in many marks of emphasis. */
function isDeep(line: string): boolean {
  const markers = /^(?:\s*(?:>|[-*+]|\d{1,9}[.)])(?=[\s>]|$))+/.exec(line)?.[0] ?? "";
  return (
    (markers.match(/[>*+-]|\d+/g)?.length ?? 0) > MOST_MARKERS ||
    /(?<![*_~])[*_~]{33,}[^\s*_~]/.test(line) ||
    /[^\s*_~][*_~]{33}/.test(line)
  );
}
