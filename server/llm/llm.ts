import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

import type { CallOptions } from "./attempt.ts";
import { createClient } from "./client.ts";
import { type Decided, decide, decideByRules } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { embed, type EmbedOptions } from "./embed.ts";
import { createModels } from "./models.ts";
import { createOffer } from "./offers.ts";
import { DEFAULT_TIMING, type LlmTiming, throwIfStopped } from "./policies.ts";
import { type ModelEnv, type Provider, providerOf } from "./provider.ts";
import { createRun } from "./run.ts";
import { type Step, step, type StepRequest } from "./step.ts";
import { stream, type StreamEnd, type StreamOptions, type TextRequest } from "./stream.ts";
import { type Audio, transcribe, type TranscribeOptions } from "./transcribe.ts";

/**
 * The one place that calls models. Each attempt at a call leaves a row in `llm_calls`, however it ends.
 *
 * Every call throws AppError cancelled at once when its signal aborts, and invalid_input where the endpoint refuses what it is
 * configured to be asked (the key, the model, the quota, the content). What happens where nobody answers is said at each.
 */
export type Llm = {
  provider: Provider;
  /**
   * Answers a decision: by the model, or by its rules where there is no model or the model's endpoint is down.
   * @throws AppError unavailable where two answers in a row could not be read
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
   * characters. Null where there is no model endpoint or it offers no embeddings, which is remembered for ten minutes.
   * @throws AppError unavailable where the endpoint is down or its vectors do not fit the texts
   */
  embed: (texts: readonly string[], options: EmbedOptions) => Promise<Float32Array[] | null>;
  /**
   * What is said in an audio file, '' for silence. Null where there is no model endpoint, it offers no transcription (which is
   * remembered for ten minutes) or cannot read this file.
   * @throws AppError unavailable where the endpoint is down
   */
  transcribe: (audio: Audio, options: TranscribeOptions) => Promise<string | null>;
  /** Ids of the endpoint's models, at most 200: LLM_MODEL first, alone where the endpoint does not tell. None without a model. */
  models: (signal: AbortSignal) => Promise<string[]>;
};

/**
 * @param env read: OPENAI_API_KEY, OPENAI_BASE_URL, LLM_MODEL. With neither key nor base URL the rules engine answers
 * @param timing how long to wait and how often to try; the defaults are for a real endpoint
 */
export function createLlm({
  env,
  db,
  log,
  now,
  timing = DEFAULT_TIMING,
}: {
  env: ModelEnv;
  db: Db;
  log: Log;
  now: Clock;
  timing?: LlmTiming;
}): Llm {
  const provider = providerOf(env);
  if (!provider.isModel) return withoutModel(provider);

  const client = createClient(env, timing.timeoutMs);
  const deps = { client, timing, run: createRun({ env, db, log, now, timing }) };
  const embedding = { ...deps, offer: createOffer(now, true) };
  const hearing = { ...deps, offer: createOffer(now, false) };
  return {
    provider,
    decide: (decision, input, options) => decide(deps, decision, input, options),
    stream: (request, options) => stream(deps, request, options),
    step: (request, options) => step(deps, request, options),
    embed: (texts, options) => embed(embedding, texts, options),
    transcribe: (audio, options) => transcribe(hearing, audio, options),
    models: createModels({ client, first: env.LLM_MODEL, now }),
  };
}

function withoutModel(provider: Provider): Llm {
  return {
    provider,
    decide: async (decision, input, { signal }) => decideByRules(decision, input, signal, false),
    stream: async (_request, { signal }) => {
      throwIfStopped(signal);
      return { type: "down", why: "no_model" };
    },
    step: async (_request, { signal }) => {
      throwIfStopped(signal);
      throw new AppError(
        "unavailable",
        "There is no model that could do this. Nothing was done; set OPENAI_API_KEY or OPENAI_BASE_URL.",
      );
    },
    embed: async (_texts, { signal }) => {
      throwIfStopped(signal);
      return null;
    },
    transcribe: async (_audio, { signal }) => {
      throwIfStopped(signal);
      return null;
    },
    models: async () => [],
  };
}
