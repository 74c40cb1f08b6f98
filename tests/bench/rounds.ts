/** One measured figure, as bench-results.json keeps it. */
export type BenchRow = {
  /** `<part>.<what>` */
  name: string;
  /** The median of the rounds. */
  value: number;
  /** Raw figures of both sides, the median of each. */
  floor: Record<string, number | string>;
  rounds: number[];
  at: string;
};

/** Fewer rounds would be an anecdote. */
export const ROUNDS = 3;

/** A row of several rounds, each of which measured both sides in turn. */
export function row(name: string, rounds: number[], floor: BenchRow["floor"]): BenchRow {
  return { name, value: rounded(median(rounds)), floor, rounds: rounds.map(rounded), at: new Date().toISOString() };
}

export function median(values: number[]): number {
  return percentile(values, 50);
}

/** @param share 0 to 100 */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? Number.NaN;
}

/** Four figures say enough. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
