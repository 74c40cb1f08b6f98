import type { Passage } from "./passages.ts";

/** How sure it is that passages hold the answer to what was asked. */
export type Confidence = "strong" | "fair" | "weak" | "none";

/** Tried on the questions of tests/support/knowledge-sample.ts. */
const [STRONG, FAIR, WEAK] = [0.8, 0.53, 0.3];

/** By the best passage: `strong` and `fair` are worth an answer, `weak` is worth a look, `none` is no answer. */
export function confidenceOf(passages: ReadonlyArray<Pick<Passage, "score">>): Confidence {
  const best = Math.max(0, ...passages.map((passage) => passage.score));
  return best >= STRONG ? "strong" : best >= FAIR ? "fair" : best >= WEAK ? "weak" : "none";
}
