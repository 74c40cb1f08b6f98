/**
 * Where a quote stands in a message, or null where it does not.
 * Only what typing and copying change is overlooked: runs of white space, typographic quotes, dashes and ellipses.
 * @returns UTF-16 offsets into the original text, end exclusive; never inside a surrogate pair
 */
export function checkEvidence(message: { text: string }, quote: string): { start: number; end: number } | null {
  const wanted = quote.trim();
  // Longer than its message, whatever white space was put into it, or than anybody would read: not worth a look.
  if (wanted === "" || wanted.length > Math.min(LONGEST, message.text.length * 2 + 100)) return null;
  return findExact(message.text, wanted) ?? findPlain(message, wanted);
}

/** UTF-16 units. */
const LONGEST = 5_000;

function findExact(text: string, wanted: string): { start: number; end: number } | null {
  for (let start = text.indexOf(wanted); start !== -1; start = text.indexOf(wanted, start + 1)) {
    const end = start + wanted.length;
    if (!splitsPair(text, start) && !splitsPair(text, end)) return { start, end };
  }
  return null;
}

function findPlain(message: { text: string }, wanted: string): { start: number; end: number } | null {
  const { text } = message;
  const plain = plainTexts.get(message) ?? plainText(text);
  plainTexts.set(message, plain);
  const plainWanted = plainText(wanted).text;
  for (let at = plain.text.indexOf(plainWanted); at !== -1; at = plain.text.indexOf(plainWanted, at + 1)) {
    const last = at + plainWanted.length - 1;
    const start = plain.starts[at] ?? 0;
    const end = plain.ends[last] ?? 0;
    // One "…" became three dots: a match that begins or ends within them would be half a character.
    const isWhole = plain.starts[at - 1] !== start && plain.ends[last + 1] !== end;
    if (isWhole && !splitsPair(text, start) && !splitsPair(text, end)) return { start, end };
  }
  return null;
}

/** One message is looked through for quote after quote. */
const plainTexts = new WeakMap<object, Plain>();
type Plain = { text: string; starts: number[]; ends: number[] };

/** The text with plain quotes, dashes, dots and single spaces, and for each of its units where that came from. */
function plainText(text: string): Plain {
  const starts: number[] = [];
  const ends: number[] = [];
  let plain = "";
  for (const match of text.matchAll(/\s+|./gsu)) {
    const original = match[0];
    const replaced = /^\s/u.test(original) ? " " : (PLAIN.get(original) ?? original);
    plain += replaced;
    for (let unit = 0; unit < replaced.length; unit += 1) {
      // Letters outside the basic plane stay two units, each at its own place.
      const isSame = replaced === original;
      starts.push(match.index + (isSame ? unit : 0));
      ends.push(isSame ? match.index + unit + 1 : match.index + original.length);
    }
  }
  return { text: plain, starts, ends };
}

function splitsPair(text: string, at: number): boolean {
  return /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
}

const PLAIN = new Map<string, string>([
  ...[..."‘’‚‛′`´"].map((mark) => [mark, "'"] as const),
  ...[..."“”„‟″«»"].map((mark) => [mark, '"'] as const),
  ...[..."‐‑‒–—―−"].map((mark) => [mark, "-"] as const),
  ["…", "..."],
]);
