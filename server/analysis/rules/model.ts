import type { Feature } from "./features.ts";
import stored from "./requests-model.json" with { type: "json" };

/** A linear model: weights of features, and one that holds for every text. */
export type Model = { bias: number; weights: ReadonlyMap<string, number> };

/** The model as it is kept: rounded, in lines that a diff can show by kind of feature. */
export type StoredModel = {
  trainedOn: { sentences: number; sha256: string };
  chosen: { strength: number; threshold: number };
  bias: number;
  /** By kind, "word<TAB>weight in hundredths" for each, joined by "|". */
  weights: Record<string, string>;
};

const HUNDREDTHS = 100;

/** Weights as they are kept; what rounds to nothing is left out. */
export function packed(model: Model): Pick<StoredModel, "bias" | "weights"> {
  const byKind: Record<string, string[]> = {};
  for (const key of [...model.weights.keys()].toSorted()) {
    const hundredths = Math.round((model.weights.get(key) ?? 0) * HUNDREDTHS);
    if (hundredths !== 0) (byKind[key.charAt(0)] ??= []).push(`${key.slice(2)}\t${hundredths}`);
  }
  const kinds = Object.keys(byKind).toSorted();
  return {
    bias: Math.round(model.bias * HUNDREDTHS) / HUNDREDTHS,
    weights: Object.fromEntries(kinds.map((kind) => [kind, byKind[kind]!.join("|")])),
  };
}

export function unpacked({ bias, weights }: Pick<StoredModel, "bias" | "weights">): Model {
  const found = new Map<string, number>();
  for (const [kind, entries] of Object.entries(weights)) {
    for (const entry of entries.split("|")) {
      const tab = entry.lastIndexOf("\t");
      found.set(`${kind} ${entry.slice(0, tab)}`, Number(entry.slice(tab + 1)) / HUNDREDTHS);
    }
  }
  return { bias, weights: found };
}

/** The log odds that a text with these features asks for something; above 0 it does. */
export function oddsOf({ bias, weights }: Model, features: readonly Feature[]): number {
  return features.reduce((sum, { key }) => sum + (weights.get(key) ?? 0), bias);
}

let loaded: Model | null = null;

/** The model that `npm run train` wrote; unpacked when it is first asked for. */
export function requestsModel(): Model {
  loaded ??= unpacked(stored);
  return loaded;
}
