/** Chance that can be repeated: the same seed, the same decisions. */
export type Random = {
  /** A whole number, both ends included. */
  whole: (min: number, max: number) => number;
  chance: (of: number) => boolean;
  pick: <Item>(items: readonly Item[]) => Item | undefined;
};

/** mulberry32: small, and good enough to spread what happens in a test. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return { whole, chance: (of) => next() < of, pick: (items) => items[whole(0, items.length - 1)] };
}
