import { zodFunction } from "openai/helpers/zod";
import { z } from "zod";

import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { type CallOptions, tokensOf, type Usage } from "./attempt.ts";
import { type AgentMessage, conversation, isFiltered, repairing } from "./messages.ts";
import { throwIfStopped } from "./policies.ts";
import { wordsOf } from "./prompts/words.ts";
import type { TargetsFor } from "./providers/targets.ts";
import type { Run } from "./run.ts";
import { useOf } from "./uses.ts";

/** Something that the model may ask for. */
export type ToolSpec = {
  /** Letters, digits, `_` and `-`, at most 64. */
  name: string;
  /** For the model: what it does, and when to use it. */
  description: string;
  /** Every field is required; what may be left out is `nullable`. */
  parameters: z.ZodObject;
};

/** The next turn of a conversation with tools. */
export type StepRequest = {
  /** `<module>.<verb>`, kept with every call. */
  useCase: string;
  /** Raised whenever the prompt or the tools change. */
  version: number;
  system: string;
  messages: AgentMessage[];
  /** Empty: the model can only answer in text. */
  tools: ToolSpec[];
};

/** A call as the model wrote it: whether there is such a tool and whether it takes such arguments is for the caller to see. */
export type ToolCall = {
  id: string;
  name: string;
  arguments: { type: "json"; value: unknown } | { type: "unreadable"; raw: string };
};

/** One turn of a model. `message` is what to append to the messages of the next step; `model` is who said it. */
export type Step = { usage: Usage; model: string } & Turn;

const AnswerShape = z.object({
  content: z.string().nullish(),
  tool_calls: z
    .array(
      z.object({
        id: z.string().nullish(),
        function: z.object({ name: z.string(), arguments: z.unknown() }),
      }),
    )
    .nullish(),
});

/** Asks for one turn. @throws AppError where none came: see `Llm` */
export async function step(
  { db, run, targetsFor }: { db: Db; run: Run; targetsFor: TargetsFor },
  request: StepRequest,
  options: CallOptions,
): Promise<Step> {
  const { useCase, version, messages, tools } = request;
  throwIfStopped(options.signal);
  const targets = await targetsFor({ ...options, use: useOf(useCase) });
  const words = await wordsOf(db, request, options);
  const said = conversation(words.system, messages);
  // An empty list is refused.
  const offered = tools.length > 0 && { tools: tools.map(zodFunction) };
  const call = { useCase, version, promptKey: words.key, options };
  const ended = await run<Turn>(call, targets, async ({ client, model, signal, repair }) => {
    const question = { model, messages: [...said, ...repairing(repair)], ...offered };
    const answer = await client.chat.completions.create(question, { signal });
    const { usage } = answer;
    const tokens = tokensOf(
      usage?.prompt_tokens,
      usage?.completion_tokens,
      usage?.prompt_tokens_details?.cached_tokens,
    );
    const choice = answer.choices?.[0];
    if (isFiltered(choice)) return { type: "filtered", tokens };
    const turn = readTurn(choice?.message);
    return turn
      ? { type: "answer", answer: turn, tokens }
      : { type: "unreadable", said: "", why: "it held neither words nor a call that can be read.", tokens };
  });
  if (ended.type === "unusable" && ended.isRefusal) throw new AppError("invalid_input", ended.error.message);
  if (ended.type !== "answer") throw ended.error;
  return { ...ended.answer, usage: ended.usage, model: ended.model };
}

/** What a model says or wants done. */
type Turn =
  | { type: "calls"; calls: ToolCall[]; message: AgentMessage }
  | { type: "text"; text: string; message: AgentMessage };

/** Null where the model said nothing, or nothing that can be read. */
function readTurn(message: unknown): Turn | null {
  const read = AnswerShape.safeParse(message);
  if (!read.success) return null;
  const { content, tool_calls: asked } = read.data;
  if (!asked || asked.length === 0) {
    if (!content || content.trim() === "") return null;
    return { type: "text", text: content, message: { role: "assistant", content } };
  }
  const ids = new Set<string>();
  const calls = asked.map((call): ToolCall => {
    const id = idOf(call.id ?? "", ids);
    ids.add(id);
    return { id, name: call.function.name, arguments: readArguments(call.function.arguments) };
  });
  return { type: "calls", calls, message: { role: "calls", content: content || null, calls: calls.map(asSaid) } };
}

/** The call's own id, or a new one where it has none that results could be told apart by. */
function idOf(id: string, taken: ReadonlySet<string>): string {
  return /^[\w-]{1,64}$/u.test(id) && !taken.has(id) ? id : `call_${newId().replaceAll("-", "")}`;
}

function readArguments(given: unknown): ToolCall["arguments"] {
  // Some endpoints read them already; some write nothing for a tool without parameters.
  if (typeof given !== "string") return { type: "json", value: given ?? {} };
  if (given.trim() === "") return { type: "json", value: {} };
  try {
    return { type: "json", value: JSON.parse(given) };
  } catch (error) {
    if (error instanceof SyntaxError) return { type: "unreadable", raw: given };
    throw error;
  }
}

/** A call as it may stand in the conversation: endpoints refuse one that holds names or arguments they cannot read. */
function asSaid(call: ToolCall): { id: string; name: string; arguments: string } {
  const value = call.arguments.type === "json" ? call.arguments.value : null;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return {
    id: call.id,
    name: call.name.replaceAll(/[^\w-]/gu, "_").slice(0, 64) || "nameless",
    arguments: JSON.stringify(isObject ? value : {}),
  };
}
