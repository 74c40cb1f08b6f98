/** What topics are called, for finding out which may be one. */
export type Named = { id: string; name: string; aliases: string[] };
export type Alike = {
  ids: [string, string];
  /** From 0 to 1. */
  score: number;
  why: string;
};

/** As many of three letters' rows must be the same of all that two names have. */
const THRESHOLD = 0.5;
/** So many are shown. */
const MOST = 20;

/** Pairs of topics that may be one: they share a name, or have names that are spelled nearly the same. Best first. */
export function alikeTopics(topics: readonly Named[]): Alike[] {
  const names = topics.flatMap((topic, owner) =>
    [topic.name, ...topic.aliases].map((name) => ({ owner, name, rows: lettersOf(name) })),
  );
  const byRow = new Map<string, number[]>();
  const best = new Map<string, Alike>();
  for (const [at, { owner, name, rows }] of names.entries()) {
    const shared = new Map<number, number>();
    for (const letters of rows) {
      for (const other of byRow.get(letters) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
      byRow.set(letters, [...(byRow.get(letters) ?? []), at]);
    }
    for (const [otherAt, count] of shared) {
      const other = names[otherAt]!;
      const score = count / (rows.size + other.rows.size - count);
      if (other.owner === owner || score < THRESHOLD) continue;
      const key = `${other.owner} ${owner}`;
      if ((best.get(key)?.score ?? 0) >= score) continue;
      const why =
        score === 1
          ? `“${other.name}” and “${name}” are the same words`
          : `“${other.name}” and “${name}” are spelled nearly the same`;
      best.set(key, { ids: [topics[other.owner]!.id, topics[owner]!.id], score, why });
    }
  }
  return [...best.values()].toSorted((a, b) => b.score - a.score).slice(0, MOST);
}

/** All rows of three letters of a name, with its words apart and in one order: "csv import" and "Import CSV" have the same. */
function lettersOf(name: string): Set<string> {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(
    words.flatMap((word) => {
      const padded = `  ${word} `;
      return Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3));
    }),
  );
}
