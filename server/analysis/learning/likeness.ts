/** What share of their trigrams two texts have in common, 0 to 1, as `similarity` of Postgres counts it. */
export function likeness(a: string, b: string): number {
  const [one, other] = [trigrams(a), trigrams(b)];
  const common = one.intersection(other).size;
  return common === 0 ? 0 : common / one.union(other).size;
}

/**
 * A measure of how much of a short text stands in a long one: the share of its trigrams, 0 to 1, that the sentence most like it has.
 * The long text is taken apart once, for any number of short ones.
 * @param mostSentences of the long text, from its beginning on; the others are not looked at
 */
export function standsIn(text: string, mostSentences = 400): (part: string) => number {
  const sentences = text.split(/[\n.!?…]+/u).slice(0, mostSentences);
  const having = new Map<string, number[]>();
  for (const [at, sentence] of sentences.entries()) {
    for (const trigram of trigrams(sentence)) {
      const known = having.get(trigram);
      if (known) known.push(at);
      else having.set(trigram, [at]);
    }
  }
  return (part) => {
    const wanted = trigrams(part);
    const counts = new Uint32Array(sentences.length);
    let most = 0;
    for (const trigram of wanted) {
      for (const at of having.get(trigram) ?? []) {
        const count = (counts[at] ?? 0) + 1;
        counts[at] = count;
        most = Math.max(most, count);
      }
    }
    return wanted.size === 0 ? 0 : most / wanted.size;
  };
}

function trigrams(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(
    words.flatMap((word) => {
      const padded = `  ${word} `;
      return Array.from({ length: padded.length - 2 }, (_each, at) => padded.slice(at, at + 3));
    }),
  );
}
