import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";

import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { DATA_NOT_INSTRUCTIONS, type Decision } from "./decision.ts";
import { type Failure, failureOf } from "./failure.ts";
import { stopped } from "./policies.ts";
import { costUsd } from "./prices.ts";

/** How one attempt ended. `unreadable`: an answer came, but not in the shape asked for. */
export type CallEnd<Output> =
  | { type: "answer"; output: Output }
  | { type: "unreadable" }
  | { type: "refused"; failure: Failure }
  | { type: "failed"; failure: Failure };

/** What of the environment names the endpoint and the model; `Env` fits. */
export type ModelEnv = {
  OPENAI_API_KEY?: string | undefined;
  OPENAI_BASE_URL?: string | undefined;
  LLM_MODEL: string;
};

export type CallOptions = { spaceId: string; runId?: string; batchId?: string; signal: AbortSignal; attempt: number };

/**
 * One attempt at one decision: asks, reads the answer and keeps a row in `llm_calls`, however it ended.
 * @throws AppError cancelled when the signal aborts
 */
export function createCaller({ env, db, now, timeoutMs }: { env: ModelEnv; db: Db; now: Clock; timeoutMs: number }) {
  const client = new OpenAI({
    // Local endpoints want no key, the SDK does.
    apiKey: env.OPENAI_API_KEY ?? "none",
    baseURL: env.OPENAI_BASE_URL ?? "https://api.openai.com/v1",
    // Everything that the SDK would else look for in the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    // Retries are the policies' affair; the deadline below also covers an answer that begins and never ends.
    maxRetries: 0,
    timeout: timeoutMs * 2,
  });
  const model = env.LLM_MODEL;

  return async <Input, Output>(
    decision: Decision<Input, Output>,
    input: Input,
    { spaceId, runId, batchId, signal, attempt }: CallOptions,
  ): Promise<CallEnd<Output>> => {
    if (signal.aborted) throw stopped();
    const startedAt = now();
    const startedMs = performance.now();
    const deadline = AbortSignal.timeout(timeoutMs);

    const ended = await ask(client, model, decision, input, AbortSignal.any([signal, deadline])).catch(
      (error: unknown): Asked<Output> => {
        if (signal.aborted) return { outcome: "cancelled" };
        const failure = failureOf(error, startedAt.getTime());
        const timedOut: Failure = { outcome: "timeout", status: null, code: null, retryAfterMs: null };
        const why = deadline.aborted ? timedOut : failure;
        return { outcome: why.outcome, end: { type: why.outcome === "refused" ? "refused" : "failed", failure: why } };
      },
    );

    const inputTokens = ended.usage?.prompt_tokens ?? null;
    const outputTokens = ended.usage?.completion_tokens ?? null;
    await db.prisma.llmCall.create({
      data: {
        id: newId(),
        spaceId,
        useCase: decision.useCase,
        promptVersion: decision.version,
        provider: "openai",
        model,
        runId: runId ?? null,
        batchId: batchId ?? null,
        attempt,
        outcome: ended.outcome,
        inputTokens,
        outputTokens,
        costUsd: costUsd(model, inputTokens, outputTokens),
        latencyMs: Math.round(performance.now() - startedMs),
        startedAt,
      },
    });
    if (!ended.end) throw stopped();
    return ended.end;
  };
}

type Outcome = "ok" | "bad_answer" | "cancelled" | Failure["outcome"];
type Asked<Output> = { outcome: Outcome; end?: CallEnd<Output>; usage?: OpenAI.CompletionUsage | undefined };

async function ask<Input, Output>(
  client: OpenAI,
  model: string,
  decision: Decision<Input, Output>,
  input: Input,
  signal: AbortSignal,
): Promise<Asked<Output>> {
  const system = decision.trust === "untrusted" ? `${decision.system}\n\n${DATA_NOT_INSTRUCTIONS}` : decision.system;
  const answer = await client.chat.completions.create(
    {
      model,
      messages: [
        { role: "system", content: system },
        { role: "user", content: decision.prompt(input) },
      ],
      response_format: zodResponseFormat(decision.output, decision.useCase.replaceAll(/\W/gu, "_")),
    },
    { signal },
  );
  const usage = answer.usage;
  // An endpoint that is not quite OpenAI's may leave out anything.
  const choice = answer.choices?.[0];
  if (choice?.message?.refusal || choice?.finish_reason === "content_filter") {
    const failure: Failure = { outcome: "refused", status: null, code: "content_filter", retryAfterMs: null };
    return { outcome: "refused", end: { type: "refused", failure }, usage };
  }
  const read = decision.output.safeParse(parseJson(choice?.message?.content ?? ""));
  return read.success
    ? { outcome: "ok", end: { type: "answer", output: read.data }, usage }
    : { outcome: "bad_answer", end: { type: "unreadable" }, usage };
}

/** The JSON value, also from within the code fence that some models put around it; undefined where it is none. */
function parseJson(text: string): unknown {
  const bare = text.trim().replace(/^```(?:json)?\s*|\s*```$/gu, "");
  try {
    return JSON.parse(bare);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
