import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { type Log, note } from "#server/lib/log.ts";

import { createCaller, type ModelEnv } from "./call.ts";
import type { Decision } from "./decision.ts";
import { refusalInWords } from "./failure.ts";
import { createPolicies, DEFAULT_TIMING, type LlmTiming, untilAborted } from "./policies.ts";

/** Who answers decisions, for every screen to say. */
export type Provider = { name: "rules" | "openai"; model: string | null; label: string; isModel: boolean };

export type DecideOptions = { spaceId: string; runId?: string; batchId?: string; signal: AbortSignal };

export type Decided<Output> = {
  output: Output;
  /** `rules`, or the model's name. */
  generatedBy: string;
  promptVersion: number;
  /** True where a model was to answer and the rules engine stood in for it. */
  fellBack: boolean;
};

/** The one place that calls models. */
export type Llm = {
  provider: Provider;
  /**
   * Answers a decision: by the model, or by its rules where there is no model or the model's endpoint is down.
   * @throws AppError cancelled at once when the signal aborts; invalid_input where the endpoint refuses what it is
   *   configured to be asked; unavailable where two answers in a row could not be read
   */
  decide: <Input, Output>(
    decision: Decision<Input, Output>,
    input: Input,
    options: DecideOptions,
  ) => Promise<Decided<Output>>;
};

/** A bad answer is asked for once more, not for ever. */
const ANSWERS_ASKED_FOR = 2;

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
  if (!provider.isModel) {
    return { provider, decide: async (decision, input, { signal }) => byRules(decision, input, signal, false) };
  }

  const call = createCaller({ env, db, now, timeoutMs: timing.timeoutMs });
  const policies = createPolicies(timing, log);

  return {
    provider,
    decide: async (decision, input, options) => {
      let attempt = 0;
      for (let asked = 0; asked < ANSWERS_ASKED_FOR; asked += 1) {
        const ended = await untilAborted(
          policies.run((signal) => call(decision, input, { ...options, signal, attempt: ++attempt }), options.signal),
          options.signal,
        );
        if (ended.type === "answer") {
          return {
            output: ended.output,
            generatedBy: env.LLM_MODEL,
            promptVersion: decision.version,
            fellBack: false,
          };
        }
        if (ended.type === "refused")
          throw new AppError("invalid_input", refusalInWords(ended.failure, provider.label));
        if (ended.type === "down") {
          note({ llmFellBack: ended.why });
          return byRules(decision, input, options.signal, true);
        }
      }
      throw new AppError(
        "unavailable",
        `${provider.label} answered twice in a form that cannot be read. Nothing was taken from it; try again, or set LLM_MODEL to a model that supports structured output.`,
      );
    },
  };
}

function byRules<Input, Output>(
  decision: Decision<Input, Output>,
  input: Input,
  signal: AbortSignal,
  fellBack: boolean,
): Decided<Output> {
  if (signal.aborted) throw new AppError("cancelled", "This was stopped before it was done.");
  return { output: decision.rules(input), generatedBy: "rules", promptVersion: decision.version, fellBack };
}

/** Who would answer with this environment. */
export function providerOf(env: ModelEnv): Provider {
  if (!env.OPENAI_API_KEY && !env.OPENAI_BASE_URL) {
    return { name: "rules", model: null, label: "Rules engine, no model", isModel: false };
  }
  const host = env.OPENAI_BASE_URL && URL.canParse(env.OPENAI_BASE_URL) ? new URL(env.OPENAI_BASE_URL).host : null;
  return {
    name: "openai",
    model: env.LLM_MODEL,
    label: host && host !== "api.openai.com" ? `${env.LLM_MODEL} at ${host}` : env.LLM_MODEL,
    isModel: true,
  };
}
