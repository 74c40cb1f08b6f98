/** Places count by 1 / (60 + place), as usual for reciprocal rank fusion. */
const FUSION = 60;
/** About three places further down. */
const DEPRECATED = 0.95;

type Ranked = { status: string | null; committedAt: Date };

/**
 * The one order of everything that is found in the knowledge base, made of several: by words, by meaning, by spelling. What stands high in
 * more than one comes first, what is deprecated a little later, the newer of two equals before the older.
 * @param lists the same things in each, best first
 */
export function fuse<Found>(lists: ReadonlyArray<readonly Found[]>, about: (found: Found) => Ranked): Found[] {
  const points = new Map<Found, number>();
  for (const list of lists) {
    for (const [place, each] of list.entries()) points.set(each, (points.get(each) ?? 0) + 1 / (FUSION + place + 1));
  }
  const worth = (found: Found, value: number) => (about(found).status === "deprecated" ? value * DEPRECATED : value);
  return [...points]
    .toSorted(
      ([a, x], [b, y]) => worth(b, y) - worth(a, x) || about(b).committedAt.getTime() - about(a).committedAt.getTime(),
    )
    .map(([found]) => found);
}
