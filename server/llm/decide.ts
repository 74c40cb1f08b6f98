import type OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";

import { note } from "#server/lib/log.ts";

import { type CallOptions, tokensOf } from "./attempt.ts";
import { DATA_NOT_INSTRUCTIONS, type Decision } from "./decision.ts";
import { isFiltered } from "./messages.ts";
import { throwIfStopped } from "./policies.ts";
import type { Run } from "./run.ts";

/** An answered decision. */
export type Decided<Output> = {
  output: Output;
  /** `rules`, or the name of the model that was asked. */
  generatedBy: string;
  promptVersion: number;
  /** True where a model was to answer and the rules engine stood in for it. */
  fellBack: boolean;
};

/** Answers a decision by the model, or by its rules where the model's endpoint is down. */
export async function decide<Input, Output>(
  { client, run }: { client: OpenAI; run: Run },
  decision: Decision<Input, Output>,
  input: Input,
  options: CallOptions,
): Promise<Decided<Output>> {
  const { useCase, version, trust } = decision;
  const system = trust === "untrusted" ? `${decision.system}\n\n${DATA_NOT_INSTRUCTIONS}` : decision.system;
  const question = {
    messages: [
      { role: "system" as const, content: system },
      { role: "user" as const, content: decision.prompt(input) },
    ],
    response_format: zodResponseFormat(decision.output, useCase.replaceAll(/\W/gu, "_")),
  };

  const ended = await run<Output>({ useCase, version, options }, async ({ model, signal }) => {
    const answer = await client.chat.completions.create({ model, ...question }, { signal });
    const tokens = tokensOf(answer.usage?.prompt_tokens, answer.usage?.completion_tokens);
    // An endpoint that is not quite OpenAI's may leave out anything.
    const choice = answer.choices?.[0];
    if (isFiltered(choice)) return { type: "filtered", tokens };
    const read = decision.output.safeParse(parseJson(choice?.message?.content ?? ""));
    return read.success ? { type: "answer", answer: read.data, tokens } : { type: "unreadable", tokens };
  });

  if (ended.type === "answer") {
    return { output: ended.answer, generatedBy: ended.model, promptVersion: version, fellBack: false };
  }
  if (ended.type !== "down") throw ended.error;
  note({ llmFellBack: ended.why });
  return decideByRules(decision, input, options.signal, true);
}

/** Answers a decision by its rules. */
export function decideByRules<Input, Output>(
  decision: Decision<Input, Output>,
  input: Input,
  signal: AbortSignal,
  fellBack: boolean,
): Decided<Output> {
  throwIfStopped(signal);
  return { output: decision.rules(input), generatedBy: "rules", promptVersion: decision.version, fellBack };
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
