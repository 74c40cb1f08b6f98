import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import type { Resolve } from "#server/lib/address.ts";
import type { Log } from "#server/lib/log.ts";

import { type CallOptions, createAttempt } from "./attempt.ts";
import { createBudget, type Payer } from "./budget.ts";
import { type Decided, decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { embed, type EmbedOptions } from "./embed.ts";
import { createModels } from "./models.ts";
import { createOffer } from "./offers.ts";
import { DEFAULT_TIMING, type LlmTiming } from "./policies.ts";
import { wordsOf } from "./prompts/words.ts";
import { type ModelEnv, type Provider, providerOf } from "./provider.ts";
import { createEndpoints } from "./providers/endpoints.ts";
import { createProviders, type Providers } from "./providers/providers.ts";
import { asProvider, createTargets } from "./providers/targets.ts";
import { createRun } from "./run.ts";
import type { ModelUse } from "./schema.ts";
import { type Step, step, type StepRequest } from "./step.ts";
import { stream, type StreamEnd, type StreamOptions, type TextRequest } from "./stream.ts";
import { type Audio, transcribe, type TranscribeOptions } from "./transcribe.ts";

/**
 * The one place that calls models. Each attempt at a call leaves a row in `llm_calls`, however it ends.
 *
 * Which model answers is the space's choice for the use that the call is for, with those that stand in for it in order; where it
 * has chosen none, the environment's. Every call throws AppError cancelled at once when its signal aborts, over_budget where the
 * space's or the run's money is spent, and invalid_input where the endpoint refuses what it is configured to be asked (the key,
 * the model, the quota, the content). What happens where nobody answers is said at each.
 */
export type Llm = {
  /** The environment's own endpoint. What a space has is told by `providerFor`. */
  provider: Provider;
  /** Who would answer in this space now. */
  providerFor: (spaceId: string, use: ModelUse) => Promise<Provider>;
  /** The key of the words that a decision would be asked with now: `3`, or `3.2` with the space's second change in force. */
  promptKey: (spaceId: string, decision: { useCase: string; version: number; system: string }) => Promise<string>;
  /** Why nothing may be asked for want of money, in words with what was spent; null where there is some left, or no limit. */
  whyNoMoney: (payer: Payer) => Promise<string | null>;
  /**
   * Answers a decision: by a model, or by its rules where there is no model or all that could be asked are down.
   * @throws AppError unavailable where two answers in a row could not be used
   */
  decide: <Input, Output>(
    decision: Decision<Input, Output>,
    input: Input,
    options: CallOptions,
  ) => Promise<Decided<Output>>;
  /** Answers in plain text, as it is written. Ends as `down` where there is no model, it is down, or writes nothing. */
  stream: (request: TextRequest, options: StreamOptions) => Promise<StreamEnd>;
  /**
   * One turn of a conversation in which the model may call tools.
   * @throws AppError unavailable where there is no model, it is down, or two answers in a row could not be read
   */
  step: (request: StepRequest, options: CallOptions) => Promise<Step>;
  /**
   * What texts mean: a vector of length 1 for each, all of the same number of dimensions. A text counts up to its first 8,000
   * characters. Null where there is no model endpoint, the money is spent (words find things without it), or it offers no embeddings, which is
   * remembered for ten minutes.
   * @throws AppError unavailable where the endpoint is down or its vectors do not fit the texts
   */
  embed: (texts: readonly string[], options: EmbedOptions) => Promise<Float32Array[] | null>;
  /**
   * What is said in an audio file, '' for silence. Null where there is no model endpoint, it offers no transcription (which is
   * remembered for ten minutes) or cannot read this file.
   * @throws AppError unavailable where the endpoint is down
   */
  transcribe: (audio: Audio, options: TranscribeOptions) => Promise<string | null>;
  /** What is done with the providers that spaces have added. */
  providers: Providers;
  /** Ids of the environment's models, at most 200: LLM_MODEL first, alone where the endpoint does not tell. None without a model. */
  models: (signal: AbortSignal) => Promise<string[]>;
};

/**
 * @param env read: OPENAI_API_KEY, OPENAI_BASE_URL, LLM_MODEL, LLM_ALLOW_PRIVATE. Without key and base URL, and without a
 *   provider of the space's own, the rules engine answers
 * @param secret the server's own, the same in each process: keys of providers are sealed with it
 * @param timing how long to wait and how often to try; the defaults are for a real endpoint
 * @param resolve how the hosts of providers are looked up; by the system where it is left out
 */
export function createLlm({
  env,
  db,
  log,
  now,
  secret,
  timing = DEFAULT_TIMING,
  resolve,
}: {
  env: ModelEnv;
  db: Db;
  log: Log;
  now: Clock;
  secret: string;
  timing?: LlmTiming;
  resolve?: Resolve;
}): Llm {
  const endpoints = createEndpoints({ env, secret, timeoutMs: timing.timeoutMs, resolve });
  const targetsFor = createTargets({ env, db, endpoints });
  const attemptAt = createAttempt({ db, now, timeoutMs: timing.timeoutMs });
  const whyNoMoney = createBudget({ db, now });
  const run = createRun({ attemptAt, whyNoMoney, log, timing });
  const deps = { db, run, targetsFor, timing };
  const embedding = { ...deps, offer: createOffer(now, true) };
  const hearing = { ...deps, offer: createOffer(now, false) };
  const { environment } = endpoints;
  const provider = providerOf(env);
  return {
    provider,
    providers: createProviders({ endpoints, attemptAt, environment: provider }),
    providerFor: async (spaceId, use) => asProvider((await targetsFor({ spaceId, use }))[0]),
    promptKey: async (spaceId, decision) => (await wordsOf(db, decision, { spaceId })).key,
    whyNoMoney,
    decide: (decision, input, options) => decide(deps, decision, input, options),
    stream: (request, options) => stream(deps, request, options),
    step: (request, options) => step(deps, request, options),
    embed: (texts, options) => embed(embedding, texts, options),
    transcribe: (audio, options) => transcribe(hearing, audio, options),
    models: environment ? createModels({ client: environment, first: env.LLM_MODEL, now }) : async () => [],
  };
}
