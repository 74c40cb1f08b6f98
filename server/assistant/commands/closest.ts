/** The name that is most like what was typed, or null where none is much like it. */
export function closest(typed: string, names: readonly string[]): string | null {
  const wanted = typed.toLowerCase();
  const byDistance = names
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = byDistance;
  return best && best.distance <= Math.max(2, wanted.length / 2) ? best.name : null;
}

/** How many letters have to be added, taken away or changed to make one of the other. What only goes on is near. */
function distanceOf(one: string, other: string): number {
  if (one !== "" && other.startsWith(one)) return 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let column = 1; column <= other.length; column += 1) {
      const change = one[at - 1] === other[column - 1] ? 0 : 1;
      next.push(Math.min(row[column]! + 1, next[column - 1]! + 1, row[column - 1]! + change));
    }
    row = next;
  }
  return row[other.length]!;
}
