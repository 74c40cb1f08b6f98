import { ASKS_FROM, askScore } from "./asks.ts";
import { readEnglish } from "./english.ts";
import type { Reading } from "./reading.ts";
import { readRussian } from "./russian.ts";
import { sentencesOf } from "./sentences.ts";

/** Whether a text asks someone to do something or proposes an action, how surely (0 to 1, yes from 0.5 on), and what it does. */
export type Judgement = { asks: boolean; score: number; kind: Kind };
export type Kind = Exclude<Reading["kind"], "agreement" | "refusal" | "done"> | "statement";

/** Judges one text for itself, without the talk it stands in: English by the trained model, Russian by its wording. */
export function judge(text: string): Judgement {
  const readings = sentencesOf(text).flatMap(({ plain, isListed }) => {
    const reading = isRussian(plain) ? readRussian(plain) : readEnglish(plain, isListed);
    return reading ? [reading] : [];
  });
  const score = scoreOf(text, readings);
  const asks = score >= ASKS_FROM;
  return { asks, score, kind: kindOf(text, readings, asks) };
}

function scoreOf(text: string, readings: readonly Reading[]): number {
  if (!/\p{L}/u.test(text)) return 0;
  if (!isRussian(text)) return askScore(text);
  const asking = readings.filter(({ kind }) => kind === "request" || kind === "idea");
  return asking.reduce(
    (most, { sureness }) => Math.max(most, ASKS_FROM + sureness / 2),
    asking.length > 0 ? ASKS_FROM : 0.1,
  );
}

/** The clearest reading that goes with the judgement. */
function kindOf(text: string, readings: readonly Reading[], asks: boolean): Kind {
  const fitting = readings.filter(({ kind }) =>
    asks ? ASKING.has(kind) : kind !== "request" && kind !== "idea" && !ANSWERS.has(kind),
  );
  const clearest = fitting.toSorted((one, other) => other.sureness - one.sureness)[0]?.kind;
  if (clearest && clearest !== "agreement" && clearest !== "refusal" && clearest !== "done") return clearest;
  if (asks) return "request";
  return /\?\W*$/u.test(text.slice(-100)) ? "question" : "statement";
}

const ASKING = new Set<Reading["kind"]>(["request", "idea", "commitment", "decision"]);
const ANSWERS = new Set<Reading["kind"]>(["agreement", "refusal", "done"]);

function isRussian(text: string): boolean {
  return /\p{Script=Cyrillic}/u.test(text);
}
