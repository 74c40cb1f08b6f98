import { type Feature, featuresOf, readableText } from "./features.ts";
import { oddsOf, requestsModel } from "./model.ts";
import { sentencesOf } from "./sentences.ts";

/** More sentences than these are a text: each is judged for itself. */
const MOST_TOGETHER = 3;

/** From this score on a text counts as one that asks someone to do something or proposes it. */
export const ASKS_FROM = 0.5;

/**
 * How much an English text asks someone to do something or proposes an action, 0 to 1, by the trained model.
 * A few sentences are judged together, the way they were labelled; of a longer text the one that asks most counts.
 */
export function askScore(text: string): number {
  const sentences = sentencesOf(text);
  if (sentences.length <= MOST_TOGETHER) return scoreOf(featuresOf(readableText(text)));
  return Math.max(...sentences.map(({ plain }) => scoreOf(featuresOf(plain))));
}

/** Whether a text asks someone to do something, or proposes it. */
export function asksForSomething(text: string): boolean {
  return askScore(text) >= ASKS_FROM;
}

/** The same for one sentence that is plain already. */
export function sentenceScore(plain: string): number {
  return scoreOf(featuresOf(plain));
}

function scoreOf(features: readonly Feature[]): number {
  return 1 / (1 + Math.exp(-oddsOf(requestsModel(), features)));
}

/** Words of a sentence and how much they speak for a request (or, below 0, against it), in log odds. */
export type Speaking = { words: string; weight: number };

/** What counts for less than this explains nothing. */
const LEAST_WEIGHT = 0.4;

/**
 * The words of a sentence that decided how it was judged, strongest first, none of them within another.
 * @param most how many at most
 */
export function explain(plain: string, most = 3): Speaking[] {
  const { weights } = requestsModel();
  const parts = featuresOf(plain).flatMap(({ key, start, end }) => {
    const weight = weights.get(key) ?? 0;
    return weight === 0 || end === 0 ? [] : [{ start, end, weight }];
  });
  const phrases = new Map(parts.map(({ start, end }) => [`${start}-${end}`, { start, end }]));
  const weighed = [...phrases.values()]
    .map((phrase) => ({ ...phrase, weight: weightWithin(parts, phrase) }))
    .filter(({ start, end, weight }) => isTelling(plain.slice(start, end)) && Math.abs(weight) >= LEAST_WEIGHT)
    .toSorted((one, other) => strengthIn(plain, other) - strengthIn(plain, one) || one.start - other.start);
  const chosen: Weighed[] = [];
  for (const phrase of weighed) {
    if (chosen.length < most && chosen.every(({ start, end }) => phrase.end <= start || phrase.start >= end))
      chosen.push(phrase);
  }
  return joined(plain, chosen)
    .toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight))
    .map(({ start, end, weight }) => ({ words: plain.slice(start, end), weight }));
}

type Weighed = { start: number; end: number; weight: number };

/** One to four words, nothing between them. */
const PHRASE = /^[\p{L}\p{N}'$_-]+(?: [\p{L}\p{N}'$_-]+){0,3}$/u;

/** "the steps" and "for" explain nothing to a reader. */
function isTelling(words: string): boolean {
  return PHRASE.test(words) && !/^(?:(?:the|an?|of)\b|(?:for|to|in|on|at|and|is|it|with|from|as|by)$)/iu.test(words);
}

function weightWithin(parts: readonly Weighed[], { start, end }: { start: number; end: number }): number {
  return parts.reduce((sum, part) => (part.start >= start && part.end <= end ? sum + part.weight : sum), 0);
}

/** A longer phrase has to be worth its words. */
function strengthIn(plain: string, { start, end, weight }: Weighed): number {
  return Math.abs(weight) / Math.sqrt(plain.slice(start, end).split(" ").length);
}

/** Small words that belong to the next one. */
const LEAD = /\b(?:(?:by|before|until|till|on)(?: the)?|can|could|would|will) $/iu;

/** "could" beside "you" is "could you"; "Friday" with a "by" before it is "by Friday". */
function joined(plain: string, chosen: readonly Weighed[]): Weighed[] {
  const whole: Weighed[] = [];
  for (const { start, end, weight } of chosen.toSorted((one, other) => one.start - other.start)) {
    const before = whole.at(-1);
    if (before && before.weight > 0 === weight > 0 && plain.slice(before.end, start) === " ") {
      before.end = end;
      before.weight += weight;
      continue;
    }
    const lead = LEAD.exec(plain.slice(Math.max(before?.end ?? 0, start - 12), start))?.[0];
    whole.push({ start: start - (lead?.length ?? 0), end, weight });
  }
  return whole;
}
