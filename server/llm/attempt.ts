import type OpenAI from "openai";

import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { type Deadline, startDeadline } from "./deadline.ts";
import { type Failure, failureOf } from "./failure.ts";
import { stopped, throwIfStopped } from "./policies.ts";
import { costUsd } from "./prices.ts";
import type { Target } from "./provider.ts";

/** For whom a model is called, and for how long its answer is wanted. */
export type CallOptions = {
  spaceId: string;
  runId?: string | undefined;
  batchId?: string | undefined;
  /** What someone asked the assistant for. */
  requestId?: string | undefined;
  /** The replay that asks again what was asked before. */
  replayId?: string | undefined;
  /** The provider to ask, null for the environment's endpoint. Left out: whoever the space has chosen for this use. */
  providerId?: string | null | undefined;
  /** The model to ask, and no other; whichever the space has chosen for this use unless it is given. */
  model?: string | undefined;
  /** Words tried in the place of the prompt's, for a replay. What protects from data is added to them too. */
  system?: string | undefined;
  /** The words that a prompt had: `3` its own, `3.2` those of the space's second change. Left out: those in force. */
  promptKey?: string | undefined;
  /** What the run may cost in US cents; null or left out: no limit. */
  runBudgetCents?: number | null | undefined;
  signal: AbortSignal;
};

/** What is asked and for whom. */
export type Call = { useCase: string; version: number; promptKey: string; options: CallOptions };

/** What an answer cost; null where the endpoint does not count or the price is not known. */
export type Usage = { inputTokens: number | null; outputTokens: number | null; costUsd: number | null };

/** How many tokens the endpoint says that it read and wrote, and how many of those that it read it had in its cache. */
export type Tokens = { input: number | null; output: number | null; cached: number | null };

/** What was wrong with an answer: said to the model when it is asked once more. */
export type Repair = { said: string; why: string };

/**
 * What came of asking once. `doubtful`: of the right shape, but objected to. `unreadable`: not in the shape asked for.
 * `filtered`: it will not speak of this. `why` goes on after "could not be used because".
 */
export type Asked<Answer> = { tokens: Tokens } & (
  | { type: "answer"; answer: Answer }
  | ({ type: "doubtful"; answer: Answer } & Repair)
  | ({ type: "unreadable" } & Repair)
  | { type: "filtered" }
);

/**
 * Asks once. Whatever it throws counts as a failure of the endpoint, so it does nothing but ask and read.
 * `repair`: what was wrong the first time.
 */
export type Ask<Answer> = (asking: {
  client: OpenAI;
  model: string;
  signal: AbortSignal;
  deadline: Deadline;
  repair: Repair | null;
}) => Promise<Asked<Answer>>;

/** How one attempt ended. */
export type AttemptEnd<Answer> =
  | { type: "answer"; answer: Answer; usage: Usage }
  | ({ type: "doubtful"; answer: Answer; usage: Usage } & Repair)
  | ({ type: "unreadable" } & Repair)
  | { type: "filtered" }
  | { type: "refused"; failure: Failure }
  | { type: "failed"; failure: Failure };

/** One attempt at one call. @throws AppError cancelled when the signal aborts */
export type Attempt = <Answer>(
  call: Call,
  ask: Ask<Answer>,
  at: { target: Target; attempt: number; repair: Repair | null; signal: AbortSignal },
) => Promise<AttemptEnd<Answer>>;

/** Attempts ask, give up at the deadline, and keep a row in `llm_calls`, however they end. */
export function createAttempt({ db, now, timeoutMs }: { db: Db; now: Clock; timeoutMs: number }): Attempt {
  return async (call, ask, { target, attempt, repair, signal }) => {
    throwIfStopped(signal);
    const startedAt = now();
    const startedMs = performance.now();
    const deadline = startDeadline(timeoutMs);

    const { client, model } = target;
    const ended = await ask({ client, model, repair, signal: AbortSignal.any([signal, deadline.signal]), deadline })
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
      costUsd: costUsd(model, tokens.input, tokens.output, tokens.cached),
    };
    const { options } = call;
    await db.prisma.llmCall.create({
      data: {
        id: newId(),
        spaceId: options.spaceId,
        useCase: call.useCase,
        promptVersion: call.version,
        promptKey: call.promptKey,
        provider: target.kind,
        providerId: target.providerId,
        model,
        runId: options.runId ?? null,
        batchId: options.batchId ?? null,
        requestId: options.requestId ?? null,
        replayId: options.replayId ?? null,
        attempt,
        outcome: outcomeOf(ended),
        ...usage,
        cachedTokens: tokens.cached,
        latencyMs: Math.round(performance.now() - startedMs),
        startedAt,
      },
    });
    switch (ended.type) {
      case "cancelled":
        throw stopped();
      case "answer":
        return { type: "answer", answer: ended.answer, usage };
      case "doubtful":
        return { ...ended, usage };
      default:
        return ended;
    }
  };
}

/** What an endpoint tells of tokens, which may be nothing, or nonsense. */
export function tokensOf(input: unknown, output: unknown, cached: unknown = null): Tokens {
  return { input: count(input), output: count(output), cached: count(cached) };
}

export const NOT_COUNTED: Tokens = { input: null, output: null, cached: null };
const TIMED_OUT: Failure = { outcome: "timeout", status: null, code: null, retryAfterMs: null };
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
    case "doubtful":
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
