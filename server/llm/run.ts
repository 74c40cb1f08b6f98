import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

import { type Ask, type Call, createAttempt, type Usage } from "./attempt.ts";
import { downInWords, type Failure, refusalInWords } from "./failure.ts";
import { createPolicies, type LlmTiming, type Policies, untilAborted } from "./policies.ts";
import { isModelId, labelOf, type ModelEnv } from "./provider.ts";

/** How a call ended for good. What is no answer comes with the error for a caller who can do without nothing. */
export type RunEnd<Answer> =
  | { type: "answer"; answer: Answer; model: string; usage: Usage }
  | { type: "refused"; failure: Failure; error: AppError }
  | { type: "unreadable"; error: AppError }
  | { type: "down"; why: string; error: AppError };

/** Makes as many attempts at a call as it takes. */
export type Run = <Answer>(call: Call, ask: Ask<Answer>) => Promise<RunEnd<Answer>>;

/** A bad answer is asked for once more, not for ever. */
const ANSWERS_ASKED_FOR = 2;
/** Breakers are kept for so many models; people may name any. */
const MOST_MODELS = 50;

/**
 * The way that every call to a model takes: attempts with their rows, retries, the model's breaker.
 * What it gives throws AppError cancelled at once when the signal aborts, and invalid_input where the model asked for
 * cannot be one.
 */
export function createRun({
  env,
  db,
  log,
  now,
  timing,
}: {
  env: ModelEnv;
  db: Db;
  log: Log;
  now: Clock;
  timing: LlmTiming;
}): Run {
  const attemptAt = createAttempt({ db, now, timeoutMs: timing.timeoutMs });
  const policies = new Map<string, Policies>();
  // One model that is down says nothing of the others.
  const policiesOf = (model: string) => {
    const known = policies.get(model);
    if (known) return known;
    const [oldest] = policies.keys();
    if (policies.size >= MOST_MODELS && oldest !== undefined) policies.delete(oldest);
    const made = createPolicies(timing, log, model);
    policies.set(model, made);
    return made;
  };

  return async (call, ask) => {
    const { model = env.LLM_MODEL, signal } = call.options;
    if (model !== env.LLM_MODEL && !isModelId(model)) {
      throw new AppError("invalid_input", "There is no model of that name. Nothing was done; choose another model.");
    }
    const label = labelOf(env, model);
    let attempt = 0;
    for (let asked = 0; asked < ANSWERS_ASKED_FOR; asked += 1) {
      const end = await untilAborted(
        policiesOf(model).run(
          (attemptSignal) => attemptAt(call, ask, { model, attempt: ++attempt, signal: attemptSignal }),
          signal,
        ),
        signal,
      );
      switch (end.type) {
        case "answer":
          return { ...end, model };
        case "refused":
          return { ...end, error: new AppError("invalid_input", refusalInWords(end.failure, label)) };
        case "down":
          return { ...end, error: new AppError("unavailable", downInWords(end.why, label)) };
        default:
          continue;
      }
    }
    const words = `${label} answered twice in a form that cannot be read. Nothing was taken from it; try again, or set LLM_MODEL to a model that supports structured output.`;
    return { type: "unreadable", error: new AppError("unavailable", words) };
  };
}
