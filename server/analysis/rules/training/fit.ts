import { featuresOf, readableText } from "../features.ts";
import type { Model } from "../model.ts";
import type { Labelled } from "./corpus.ts";
import { logisticRegression, type Row } from "./logistic.ts";

/** A sentence as training sees it. */
export type Example = { asks: boolean; keys: string[] };

export function examplesOf(lines: readonly Labelled[]): Example[] {
  return lines.map(({ asks, sentence }) => ({
    asks,
    keys: featuresOf(readableText(sentence)).map(({ key }) => key),
  }));
}

/**
 * How much a kind of feature may say, and in how many sentences it has to stand to say anything. Signs were thought of by people
 * and may say most. A word counts by how unevenly it stands in the two classes (its log ratio), so that the many words that
 * stand in both say little.
 */
const KINDS: Record<string, { scale: number; least: number; byRatio: boolean }> = {
  "*": { scale: 1, least: 1, byRatio: false },
  "&": { scale: 0.3, least: 5, byRatio: false },
  c: { scale: 0.4, least: 3, byRatio: true },
};
const WORDS = { scale: 0.4, least: 2, byRatio: true };

/**
 * A model of these examples.
 * @param strength how much large weights cost: the more, the less it learns by heart
 */
export function fit(examples: readonly Example[], strength: number): Model {
  const scales = scalesOf(examples);
  const keys = [...scales.keys()];
  const columnOf = new Map(keys.map((key, column) => [key, column]));
  const rows = examples.map(({ keys: own }): Row => {
    const known = own.filter((key) => columnOf.has(key));
    return { columns: known.map((key) => columnOf.get(key)!), values: known.map((key) => scales.get(key)!) };
  });
  const weights = logisticRegression(
    rows,
    examples.map(({ asks }) => asks),
    keys.length,
    strength,
  );
  return {
    bias: weights[keys.length]!,
    weights: new Map(keys.map((key, column) => [key, weights[column]! * scales.get(key)!])),
  };
}

/** What a model of examples says of one, in log odds. */
export function oddsFor({ bias, weights }: Model, { keys }: Example): number {
  return keys.reduce((sum, key) => sum + (weights.get(key) ?? 0), bias);
}

/** The features that stand in enough examples, and how much each of them counts. */
function scalesOf(examples: readonly Example[]): Map<string, number> {
  const counts = new Map<string, { asking: number; other: number }>();
  const totals = { asking: 0, other: 0 };
  for (const { asks, keys } of examples) {
    const side = asks ? "asking" : "other";
    totals[side] += 1;
    for (const key of keys) {
      const count = counts.get(key) ?? { asking: 0, other: 0 };
      count[side] += 1;
      counts.set(key, count);
    }
  }
  const scales = new Map<string, number>();
  for (const [key, { asking, other }] of counts) {
    const { scale, least, byRatio } = KINDS[key.charAt(0)] ?? WORDS;
    if (asking + other < least) continue;
    const ratio = Math.log((asking + 1) / (totals.asking + 2)) - Math.log((other + 1) / (totals.other + 2));
    scales.set(key, byRatio ? scale * Math.abs(ratio) : scale);
  }
  return scales;
}
