import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { type Deadline, startDeadline } from "./deadline.ts";
import { type Failure, failureOf } from "./failure.ts";
import { stopped, throwIfStopped } from "./policies.ts";
import { costUsd } from "./prices.ts";

/** For whom a model is called, and for how long its answer is wanted. */
export type CallOptions = {
  spaceId: string;
  runId?: string | undefined;
  batchId?: string | undefined;
  /** What someone asked the assistant for. */
  requestId?: string | undefined;
  /** The model to ask; LLM_MODEL unless it is given. */
  model?: string | undefined;
  signal: AbortSignal;
};

/** What is asked and for whom. */
export type Call = { useCase: string; version: number; options: CallOptions };

/** What an answer cost; null where the endpoint does not count or the price is not known. */
export type Usage = { inputTokens: number | null; outputTokens: number | null; costUsd: number | null };

/** How many tokens the endpoint says that it read and wrote. */
export type Tokens = { input: number | null; output: number | null };

/** What came of asking once. `unreadable`: not in the shape asked for. `filtered`: it will not speak of this. */
export type Asked<Answer> = { tokens: Tokens } & (
  | { type: "answer"; answer: Answer }
  | { type: "unreadable" }
  | { type: "filtered" }
);

/** Asks once. Whatever it throws counts as a failure of the endpoint, so it does nothing but ask and read. */
export type Ask<Answer> = (asking: {
  model: string;
  signal: AbortSignal;
  deadline: Deadline;
}) => Promise<Asked<Answer>>;

/** How one attempt ended. */
export type AttemptEnd<Answer> =
  | { type: "answer"; answer: Answer; usage: Usage }
  | { type: "unreadable" }
  | { type: "refused"; failure: Failure }
  | { type: "failed"; failure: Failure };

/**
 * One attempt at one call: asks, gives up at the deadline, and keeps a row in `llm_calls`, however it ended.
 * @throws AppError cancelled when the signal aborts
 */
export function createAttempt({ db, now, timeoutMs }: { db: Db; now: Clock; timeoutMs: number }) {
  return async <Answer>(
    call: Call,
    ask: Ask<Answer>,
    { model, attempt, signal }: { model: string; attempt: number; signal: AbortSignal },
  ): Promise<AttemptEnd<Answer>> => {
    throwIfStopped(signal);
    const startedAt = now();
    const startedMs = performance.now();
    const deadline = startDeadline(timeoutMs);

    const ended = await ask({ model, signal: AbortSignal.any([signal, deadline.signal]), deadline })
      .catch((error: unknown) =>
        signal.aborted
          ? ({ type: "cancelled" } as const)
          : failed(deadline.signal.aborted ? TIMED_OUT : failureOf(error, startedAt.getTime())),
      )
      .finally(deadline.clear);

    const tokens: Tokens = "tokens" in ended ? ended.tokens : NOT_COUNTED;
    const usage = {
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      costUsd: costUsd(model, tokens.input, tokens.output),
    };
    await db.prisma.llmCall.create({
      data: {
        id: newId(),
        spaceId: call.options.spaceId,
        useCase: call.useCase,
        promptVersion: call.version,
        provider: "openai",
        model,
        runId: call.options.runId ?? null,
        batchId: call.options.batchId ?? null,
        requestId: call.options.requestId ?? null,
        attempt,
        outcome: outcomeOf(ended),
        ...usage,
        latencyMs: Math.round(performance.now() - startedMs),
        startedAt,
      },
    });
    switch (ended.type) {
      case "cancelled":
        throw stopped();
      case "filtered":
        return { type: "refused", failure: FILTERED };
      case "answer":
        return { type: "answer", answer: ended.answer, usage };
      default:
        return ended;
    }
  };
}

/** What an endpoint tells of tokens, which may be nothing, or nonsense. */
export function tokensOf(input: unknown, output: unknown): Tokens {
  return { input: count(input), output: count(output) };
}

export const NOT_COUNTED: Tokens = { input: null, output: null };
const TIMED_OUT: Failure = { outcome: "timeout", status: null, code: null, retryAfterMs: null };
const FILTERED: Failure = { outcome: "refused", status: null, code: "content_filter", retryAfterMs: null };
/** No answer has more; a larger number would not fit its column. */
const MOST_TOKENS = 1_000_000_000;

function failed(failure: Failure): Extract<AttemptEnd<never>, { failure: Failure }> {
  return { type: failure.outcome === "refused" ? "refused" : "failed", failure };
}

function outcomeOf(
  ended: Asked<unknown> | Extract<AttemptEnd<never>, { failure: Failure }> | { type: "cancelled" },
): string {
  switch (ended.type) {
    case "answer":
      return "ok";
    case "unreadable":
      return "bad_answer";
    case "filtered":
      return "refused";
    case "cancelled":
      return "cancelled";
    default:
      return ended.failure.outcome;
  }
}

function count(tokens: unknown): number | null {
  return typeof tokens === "number" && Number.isInteger(tokens) && tokens >= 0 && tokens <= MOST_TOKENS ? tokens : null;
}
