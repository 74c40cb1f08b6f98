import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhenResult,
  type IRetryBackoffContext,
  retry,
  TaskCancelledError,
  wrap,
} from "cockatiel";

import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

import type { AttemptEnd } from "./attempt.ts";

/** How patient the wrapper is. */
export type LlmTiming = {
  /** One attempt that takes longer is given up; of a stream, one that has not begun by then. */
  timeoutMs: number;
  /** A stream that has begun and pauses for longer is given up. */
  idleMs: number;
  /** So is one that takes longer in all, and a transcription, which takes as long as its recording is. */
  streamMs: number;
  /** How often an endpoint that is down or busy is asked for one answer, the first time included. */
  attempts: number;
  /** The first pause between attempts; each next one may be twice as long, with jitter. */
  firstPauseMs: number;
  /** No pause is longer; an endpoint that asks for a longer one counts as down. */
  longestPauseMs: number;
  /** After so many outages in a row nobody is asked for `breakerRestMs`. */
  breakerFailures: number;
  breakerRestMs: number;
};

export const DEFAULT_TIMING: LlmTiming = {
  timeoutMs: 60_000,
  idleMs: 20_000,
  streamMs: 300_000,
  attempts: 4,
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  breakerFailures: 5,
  breakerRestMs: 30_000,
};

/** How a call ended after all attempts at it. `down`: nobody answered. */
export type Ended<Answer> = Exclude<AttemptEnd<Answer>, { type: "failed" }> | { type: "down"; why: string };

export type Policies = ReturnType<typeof createPolicies>;

/**
 * Retries and the breaker around the calls to one model. Kept for the life of the process: the breaker remembers across calls.
 * Being rate limited is retried but does not open the breaker: an endpoint that says "slower" is not down.
 */
export function createPolicies(timing: LlmTiming, log: Log, model: string) {
  const retries = retry(
    handleWhenResult((end) => isFailed(end) && (end.failure.retryAfterMs ?? 0) <= timing.longestPauseMs),
    { maxAttempts: timing.attempts - 1, backoff: new DelegateBackoff((context) => pauseMs(context, timing)) },
  );
  const breaker = circuitBreaker(
    handleWhenResult((end) => isFailed(end) && end.failure.outcome !== "rate_limited"),
    { halfOpenAfter: timing.breakerRestMs, breaker: new ConsecutiveBreaker(timing.breakerFailures) },
  );
  breaker.onBreak(() => log.warn({ model, restMs: timing.breakerRestMs }, "llm.breaker.opened"));
  breaker.onReset(() => log.info({ model }, "llm.breaker.closed"));
  const policy = wrap(retries, breaker);

  return {
    /** Runs `call` until it ends for good. An open breaker or an endpoint that stayed down ends as `down`. */
    run: async <Output>(
      call: (signal: AbortSignal) => Promise<AttemptEnd<Output>>,
      signal: AbortSignal,
    ): Promise<Ended<Output>> => {
      try {
        const end = await policy.execute(() => call(signal), signal);
        return end.type === "failed" ? { type: "down", why: end.failure.outcome } : end;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return { type: "down", why: "breaker_open" };
        if (error instanceof TaskCancelledError) throw stopped();
        throw error;
      }
    },
  };
}

/** The promise, or AppError cancelled the moment the signal aborts: a pause between attempts must not hold a stop up. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(stopped());
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** @throws AppError cancelled when the signal has aborted */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw stopped();
}

/** What a caller gets whose signal aborted. */
export function stopped(): AppError {
  return new AppError("cancelled", "This was stopped before the model had answered.");
}

function isFailed(end: unknown): end is Extract<AttemptEnd<unknown>, { type: "failed" }> {
  return typeof end === "object" && end !== null && "type" in end && end.type === "failed";
}

/** Half of the growing pause is certain, half is chance, so that parallel batches do not come back together. */
function pauseMs({ attempt, result }: IRetryBackoffContext<unknown>, timing: LlmTiming): number {
  const grownMs = Math.min(timing.longestPauseMs, timing.firstPauseMs * 2 ** (attempt - 1));
  const ownMs = grownMs / 2 + (Math.random() * grownMs) / 2;
  const asked = "value" in result && isFailed(result.value) ? (result.value.failure.retryAfterMs ?? 0) : 0;
  return Math.max(ownMs, asked);
}
