import type { Clock } from "#server/lib/clock.ts";

import type { RunEnd } from "./run.ts";

/** How long an endpoint is not asked again for what it does not offer. */
const ABSENT_MS = 10 * 60_000;
/** No such path or model, or not by this way. */
const ABSENT: readonly (number | null)[] = [404, 405, 501];

/** What the endpoint may not offer, asked for in one way: null where it does not, or would not for this. */
export type Offer = <Answer>(key: string, ask: () => Promise<RunEnd<Answer>>) => Promise<Answer | null>;

/**
 * Remembers for ten minutes with which models an endpoint does not offer something; `key` as a target has it.
 * @param isWrongAbsent whether an endpoint that calls a request wrong (400) offers nothing of this. That holds for text, unless
 *   it has answered before; files may be broken
 */
export function createOffer(now: Clock, isWrongAbsent: boolean): Offer {
  const absentUntilMs = new Map<string, number>();
  const hasAnswered = new Set<string>();

  return async (key, ask) => {
    if ((absentUntilMs.get(key) ?? 0) > now().getTime()) return null;
    const ended = await ask();
    if (ended.type === "answer") {
      hasAnswered.add(key);
      return ended.answer;
    }
    if (ended.type !== "refused") throw ended.error;
    const { status } = ended.failure;
    const isWrong = status === 400;
    if (!isWrong && !ABSENT.includes(status)) throw ended.error;
    if (!isWrong || (isWrongAbsent && !hasAnswered.has(key))) absentUntilMs.set(key, now().getTime() + ABSENT_MS);
    return null;
  };
}
