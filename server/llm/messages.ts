import type OpenAI from "openai";

import type { Repair } from "./attempt.ts";
import { DATA_NOT_INSTRUCTIONS } from "./decision.ts";

/** One thing said in a conversation with the model. Text from outside belongs in `tagged` blocks. */
export type ChatMessage = { role: "user" | "assistant"; content: string };

/** What a conversation with tools consists of; plain JSON, so that it can be kept and taken up again. */
export type AgentMessage =
  | ChatMessage
  /** What the model said and wants done: as `step` gave it. */
  | { role: "calls"; content: string | null; calls: { id: string; name: string; arguments: string }[] }
  /** What came of the call with this id. Each call wants one, before anything else is said. */
  | { role: "tool"; callId: string; content: string };

/** A conversation as the endpoint reads it. The model is always told that tagged text is data, never instruction. */
export function conversation(
  system: string,
  messages: readonly AgentMessage[],
): OpenAI.Chat.Completions.ChatCompletionMessageParam[] {
  return [{ role: "system", content: `${system}\n\n${DATA_NOT_INSTRUCTIONS}` }, ...messages.map(asParam)];
}

/** So much of a wrong answer is said back to the model. */
const LONGEST_SAID = 4_000;
const LONGEST_WHY = 1_000;

/** What is said after a question whose answer could not be used: the answer, and why. Nothing where it is asked for the first time. */
export function repairing(repair: Repair | null): OpenAI.Chat.Completions.ChatCompletionMessageParam[] {
  if (!repair) return [];
  const said = repair.said.slice(0, LONGEST_SAID).toWellFormed();
  const why = repair.why.slice(0, LONGEST_WHY).toWellFormed();
  return [
    // An empty message is refused.
    { role: "assistant", content: said.trim() === "" ? "(no answer)" : said },
    {
      role: "user",
      content: `That could not be used because ${why} Answer once more, whole and in the form asked for.`,
    },
  ];
}

/** Whether the endpoint or the model will not speak of what it was asked. */
export function isFiltered(
  choice: { message?: { refusal?: string | null }; finish_reason?: string | null } | undefined,
): boolean {
  return Boolean(choice?.message?.refusal) || choice?.finish_reason === "content_filter";
}

function asParam(message: AgentMessage): OpenAI.Chat.Completions.ChatCompletionMessageParam {
  switch (message.role) {
    case "calls":
      return {
        role: "assistant",
        content: message.content,
        tool_calls: message.calls.map((call) => ({
          id: call.id,
          type: "function",
          function: { name: call.name, arguments: call.arguments },
        })),
      };
    case "tool":
      return { role: "tool", tool_call_id: message.callId, content: message.content };
    default:
      return { role: message.role, content: message.content };
  }
}
