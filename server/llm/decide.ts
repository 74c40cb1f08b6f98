import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

import type { Db } from "#server/lib/db.ts";
import { note } from "#server/lib/log.ts";

import { type Asked, type CallOptions, tokensOf } from "./attempt.ts";
import { DATA_NOT_INSTRUCTIONS, type Decision } from "./decision.ts";
import { isFiltered, repairing } from "./messages.ts";
import { throwIfStopped } from "./policies.ts";
import { wordsOf } from "./prompts/words.ts";
import type { TargetsFor } from "./providers/targets.ts";
import type { Run } from "./run.ts";
import { useOf } from "./uses.ts";

/** An answered decision. */
export type Decided<Output> = {
  output: Output;
  /** `rules`, or the name of the model that was asked. */
  generatedBy: string;
  promptVersion: number;
  /** The words that were said: `3` for version 3 of the prompt's own, `3.2` for the space's second change, `try-…` for a trial. */
  promptKey: string;
  /** The provider that answered; null for the environment's endpoint and for the rules. */
  providerId: string | null;
  /** True where a model was to answer and the rules engine stood in for it. */
  fellBack: boolean;
};

/** Answers a decision by the model, or by its rules where there is none or all that could be asked are down. */
export async function decide<Input, Output>(
  { db, run, targetsFor }: { db: Db; run: Run; targetsFor: TargetsFor },
  decision: Decision<Input, Output>,
  input: Input,
  options: CallOptions,
): Promise<Decided<Output>> {
  const { useCase, version, trust } = decision;
  throwIfStopped(options.signal);
  const targets = await targetsFor({ ...options, use: useOf(useCase) });
  const words = await wordsOf(db, decision, options);
  const byRules = (fellBack: boolean): Decided<Output> => {
    throwIfStopped(options.signal);
    const output = decision.rules(input);
    return { output, generatedBy: "rules", promptVersion: version, promptKey: words.key, providerId: null, fellBack };
  };
  if (targets.length === 0) return byRules(false);

  const question = [
    {
      role: "system" as const,
      content: trust === "untrusted" ? `${words.system}\n\n${DATA_NOT_INSTRUCTIONS}` : words.system,
    },
    { role: "user" as const, content: decision.prompt(input) },
  ];
  const format = zodResponseFormat(decision.output, useCase.replaceAll(/\W/gu, "_"));
  const call = { useCase, version, promptKey: words.key, options };
  const ended = await run<Output>(call, targets, async ({ client, model, signal, repair }) => {
    const messages = [...question, ...repairing(repair)];
    const answer = await client.chat.completions.create({ model, messages, response_format: format }, { signal });
    const { usage } = answer;
    const tokens = tokensOf(
      usage?.prompt_tokens,
      usage?.completion_tokens,
      usage?.prompt_tokens_details?.cached_tokens,
    );
    // An endpoint that is not quite OpenAI's may leave out anything.
    const choice = answer.choices?.[0];
    if (isFiltered(choice)) return { type: "filtered", tokens };
    return {
      tokens,
      ...readAnswer(decision, input, choice?.message?.content ?? "", choice?.finish_reason === "length"),
    };
  });

  if (ended.type === "answer") {
    const { answer, model, providerId } = ended;
    const promptKey = words.key;
    return { output: answer, generatedBy: model, promptVersion: version, promptKey, providerId, fellBack: false };
  }
  if (ended.type !== "down") throw ended.error;
  note({ llmFellBack: ended.why });
  return byRules(true);
}

type Read<Output> = Asked<Output> extends infer Each ? (Each extends unknown ? Omit<Each, "tokens"> : never) : never;

/** What an answer says, or why it cannot be used, for the model. */
function readAnswer<Input, Output>(
  decision: Decision<Input, Output>,
  input: Input,
  said: string,
  isCut: boolean,
): Exclude<Read<Output>, { type: "filtered" }> {
  if (said.trim() === "") return { type: "unreadable", said, why: "it was empty." };
  const value = parseJson(said);
  if (value === undefined) {
    const why = isCut
      ? "it was cut off before its end. Be shorter."
      : "it is not JSON. Answer with the JSON value and nothing else.";
    return { type: "unreadable", said, why };
  }
  const read = decision.output.safeParse(value);
  if (!read.success) {
    return { type: "unreadable", said, why: `it does not have the shape asked for:\n${z.prettifyError(read.error)}` };
  }
  const why = decision.complaint?.(read.data, input) ?? null;
  return why === null ? { type: "answer", answer: read.data } : { type: "doubtful", answer: read.data, said, why };
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
