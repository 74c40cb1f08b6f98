import { type Sign, signsIn } from "./cues.ts";
import { sentencesOf } from "./sentences.ts";
import { isActionVerb, isAlsoNoun } from "./verbs.ts";

/**
 * Something that a text has and the model may have a weight for. Its key begins with its kind: `*` a sign, `&` two signs,
 * `w` a word, `b` two words in a row, `0` to `2` one of the first words, `$` the last, `c` a row of kinds of words.
 * `start` and `end` say where in the text it stands; both 0 where it stands nowhere in particular.
 */
export type Feature = { key: string; start: number; end: number };

/** Longer texts say nothing more about what they ask for. */
const LONGEST = 1_200;

/** The text that is judged: the author's own words, plain; what has none is read as it stands. */
export function readableText(text: string): string {
  const plain = sentencesOf(text).map((sentence) => sentence.plain);
  return (plain.join(" ") || text.slice(0, LONGEST).replace(/\s+/gu, " ").trim()).slice(0, LONGEST);
}

/** What the model may go by in an English text, each feature once. @param plain as `readableText` gives it */
export function featuresOf(plain: string): Feature[] {
  const signs = signsIn(plain).map((sign) => ({ ...sign, key: `* ${sign.name}` }));
  const words = wordsIn(plain);
  const features = [...signs, ...pairsOf(signs), ...wordFeatures(words), ...kindFeatures(words)];
  const once = new Map<string, Feature>();
  for (const { key, start, end } of features) if (!once.has(key)) once.set(key, { key, start, end });
  return [...once.values()];
}

type Word = { text: string; start: number; end: number };

const WORD =
  /\$link|(?:https?:|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}|\p{L}+(?:'\p{L}+)?|\d+(?:[.,:]\d+)*|[?!.,:;()"$%@*>-]/gu;

function wordsIn(plain: string): Word[] {
  return [...plain.toLowerCase().matchAll(WORD)].map((match) => ({
    text: shapeOf(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Numbers, links and addresses count as such, whichever they are. */
function shapeOf(word: string): string {
  if (/^\d/u.test(word)) return "_n";
  if (/^(?:\$link|https?:|www\.)/u.test(word)) return "_url";
  return /.@./u.test(word) ? "_mail" : word;
}

/** Two signs together can mean what neither means alone: "please" and "click". */
function pairsOf(signs: (Sign & Feature)[]): Feature[] {
  return signs.flatMap((one, at) =>
    signs.slice(at + 1).map((other) => ({ key: `& ${one.name} & ${other.name}`, start: 0, end: 0 })),
  );
}

const EDGE: Word[] = [{ text: "", start: 0, end: 0 }];

function wordFeatures(words: Word[]): Feature[] {
  const spoken = words.filter(({ text }) => /[\p{L}_]/u.test(text));
  const last = words.at(-1);
  return [
    ...words.map((word) => ({ ...word, key: `w ${word.text}` })),
    ...rowsOf([...EDGE, ...words, ...EDGE], 2, "b"),
    ...spoken.slice(0, 3).map((word, at) => ({ ...word, key: `${at} ${word.text}` })),
    ...(last ? [{ ...last, key: `$ ${last.text}` }] : []),
  ];
}

function kindFeatures(words: Word[]): Feature[] {
  const kinds = [...EDGE, ...words.map((word) => ({ ...word, text: kindOf(word.text) })), ...EDGE];
  return [...rowsOf(kinds, 2, "c"), ...rowsOf(kinds, 3, "c")];
}

function rowsOf(words: Word[], length: number, kind: string): Feature[] {
  return words.slice(0, Math.max(0, words.length - length + 1)).map((first, at) => {
    const row = words.slice(at, at + length);
    const inText = row.filter(({ end }) => end > 0);
    return {
      key: `${kind} ${row.map(({ text }) => text).join(" ")}`,
      start: inText[0]?.start ?? first.start,
      end: inText.at(-1)?.end ?? first.end,
    };
  });
}

/** The small words stay themselves; of the others only their kind counts. */
function kindOf(word: string): string {
  if (SMALL_WORDS.has(word) || !/\p{L}/u.test(word) || word.startsWith("_") || word.includes("'")) return word;
  if (isActionVerb(word)) return isAlsoNoun(word) ? "VN" : "VB";
  if (word.endsWith("ing")) return "ING";
  if (word.endsWith("ed")) return "ED";
  return word.endsWith("ly") ? "LY" : "W";
}

const SMALL_WORDS = new Set(
  `i you we he she they it me us him her them my your our his their the a an this that these those to of in on at for with from
  by as if when and or but so not no yes do does did is are was were be been am can could will would shall should may might must
  have has had please let what how why who where which there here just also any some all`.split(/\s+/u),
);
