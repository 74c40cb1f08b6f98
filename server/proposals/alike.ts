/** Words that say nothing of what a text is about, and shorter ones. */
const SHORTEST_WORD = 4;
const MOST_WORDS_SHOWN = 3;
const IDLE = new Set(
  "about after again also been before being could does done from have into just more need needs only over please shall should some still such than that them then there these they this those until want wants were what when where which will with would your если ещё есть или когда который можно надо нужно после потом пусть сейчас также тогда того тоже только чтобы этого этот".split(
    " ",
  ),
);

/**
 * How alike two titles are, 0 to 1: the share of groups of three letters that they have in common, as Postgres counts them,
 * but in every script.
 */
export function likeness(a: string, b: string): number {
  const [mine, other] = [trigrams(a), trigrams(b)];
  if (mine.size === 0 || other.size === 0) return 0;
  const shared = mine.intersection(other).size;
  return shared / (mine.size + other.size - shared);
}

/** Whether two texts say the same but for space, case and signs. */
export function isSameText(a: string, b: string): boolean {
  return wordsOf(a).join(" ") === wordsOf(b).join(" ");
}

/** The longest words that stand in both, in the forms of the first: what to show of why two texts are alike. */
export function sharedWords(mine: string, other: string): string[] {
  const there = new Set(wordsOf(other).map(stem));
  const shared = new Set(wordsOf(mine).filter((word) => isTelling(word) && there.has(stem(word))));
  return [...shared].toSorted((a, b) => b.length - a.length).slice(0, MOST_WORDS_SHOWN);
}

/** The words of a text that something else may be found by. */
export function tellingWords(text: string): string[] {
  return [...new Set(wordsOf(text).filter(isTelling))];
}

function trigrams(text: string): Set<string> {
  const found = new Set<string>();
  for (const word of wordsOf(text)) {
    const padded = [...`  ${word} `];
    for (let at = 0; at + 3 <= padded.length; at += 1) found.add(padded.slice(at, at + 3).join(""));
  }
  return found;
}

const wordsOf = (text: string): string[] =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];
const isTelling = (word: string) => (word.length >= SHORTEST_WORD || /\p{N}/u.test(word)) && !IDLE.has(word);
/** Without the ending that another form of the word has: good enough to see that "permits" and "permit" are one word. */
const stem = (word: string) => (word.length > 5 ? word.slice(0, Math.max(5, word.length - 2)) : word);
