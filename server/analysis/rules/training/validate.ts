import type { Model } from "../model.ts";
import { foldsOf, groupsOf, type Labelled } from "./corpus.ts";
import { type Example, examplesOf, fit, oddsFor } from "./fit.ts";

/** How strongly weights may be held down: the choice is made by cross-validation. */
const STRENGTHS = [2, 4, 8, 16];
const FOLDS = 5;
const INNER_FOLDS = 4;
const SEED = 1;

/** What cross-validation chose: the strength, and the log odds from which a sentence counts as asking. */
export type Choice = { strength: number; threshold: number };

export type Score = { precision: number; recall: number; f1: number };
export type Validated = Score & {
  /** Of each fold, judged by a model that saw none of it. */
  folds: Score[];
  /** F1 on the sentences that the models were trained on, for the distance to what they make of others. */
  trainF1: number;
  choices: Choice[];
  /** What each sentence was judged to be, in the order of the corpus. */
  judged: boolean[];
};

/**
 * Five-fold cross-validation of the whole of training: in each fold the strength and the threshold are chosen by a second
 * cross-validation within the other four, so that no figure rests on a sentence that had a say in it.
 */
export function validate(lines: readonly Labelled[], seed = SEED): Validated {
  const examples = examplesOf(lines);
  const groups = groupsOf(lines.map(({ sentence }) => sentence));
  const folds = foldsOf(lines, groups, FOLDS, seed);
  const judged: boolean[] = lines.map(() => false);
  const choices: Choice[] = [];
  const trainF1: number[] = [];
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const isTest = (_: unknown, at: number) => folds[at] === fold;
    const isTrain = (_: unknown, at: number) => folds[at] !== fold;
    const train = lines.filter(isTrain);
    const known = examples.filter(isTrain);
    const choice = choose(train, known, regrouped(groups.filter(isTrain)), INNER_FOLDS);
    const model = fit(known, choice.strength);
    const isAsking = (example: Example) => oddsFor(model, example) > choice.threshold;
    for (const [at, example] of examples.entries()) if (isTest(null, at)) judged[at] = isAsking(example);
    trainF1.push(scoreOf(train, known.map(isAsking)).f1);
    choices.push(choice);
  }
  const scores = Array.from({ length: FOLDS }, (_, fold) => {
    const isTest = (_line: unknown, at: number) => folds[at] === fold;
    return scoreOf(lines.filter(isTest), judged.filter(isTest));
  });
  return { ...scoreOf(lines, judged), folds: scores, trainF1: mean(trainF1), choices, judged };
}

/** The model of a whole corpus, its strength and threshold chosen by cross-validation, the threshold moved to 0. */
export function train(lines: readonly Labelled[]): { model: Model; choice: Choice } {
  const examples = examplesOf(lines);
  const choice = choose(lines, examples, groupsOf(lines.map(({ sentence }) => sentence)), FOLDS);
  const { bias, weights } = fit(examples, choice.strength);
  return { model: { bias: bias - choice.threshold, weights }, choice };
}

/** Precision, recall and F1 of judgements over labelled sentences. */
export function scoreOf(lines: readonly Labelled[], judged: readonly boolean[]): Score {
  const hits = lines.filter(({ asks }, at) => asks && judged[at]).length;
  const wanted = lines.filter(({ asks }) => asks).length;
  const seen = judged.filter(Boolean).length;
  return { precision: hits / seen, recall: hits / wanted, f1: (2 * hits) / (seen + wanted) };
}

/** The strength with the smallest loss on held-out folds, and the threshold with the best F1 there. */
function choose(lines: readonly Labelled[], examples: readonly Example[], groups: number[], count: number): Choice {
  const folds = foldsOf(lines, groups, count, SEED);
  const tried = STRENGTHS.map((strength) => {
    const odds = new Float64Array(examples.length);
    for (let fold = 0; fold < count; fold += 1) {
      const model = fit(
        examples.filter((_, at) => folds[at] !== fold),
        strength,
      );
      for (const [at, example] of examples.entries()) if (folds[at] === fold) odds[at] = oddsFor(model, example);
    }
    const losses = examples.map(({ asks }, at) => Math.log1p(Math.exp(asks ? -odds[at]! : odds[at]!)));
    return { strength, odds, loss: mean(losses) };
  });
  const best = tried.reduce((one, other) => (other.loss < one.loss ? other : one));
  return { strength: best.strength, threshold: bestThreshold(examples, best.odds) };
}

function bestThreshold(examples: readonly Example[], odds: Float64Array): number {
  const wanted = examples.filter(({ asks }) => asks).length;
  const order = examples.map((_, at) => at).toSorted((one, other) => odds[other]! - odds[one]!);
  let [hits, best, threshold] = [0, 0, 0];
  for (const [rank, at] of order.entries()) {
    if (examples[at]!.asks) hits += 1;
    const f1 = (2 * hits) / (rank + 1 + wanted);
    if (f1 > best) [best, threshold] = [f1, (odds[at]! + (odds[order[rank + 1] ?? at] ?? 0)) / 2];
  }
  return threshold;
}

/** Groups name one of their sentences; in a part of the corpus those have other places. */
function regrouped(groups: readonly number[]): number[] {
  const firstAt = new Map<number, number>();
  for (const [at, group] of groups.entries()) if (!firstAt.has(group)) firstAt.set(group, at);
  return groups.map((group) => firstAt.get(group) ?? 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
