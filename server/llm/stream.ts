import type OpenAI from "openai";

import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { type Asked, type CallOptions, NOT_COUNTED, tokensOf, type Usage } from "./attempt.ts";
import type { Deadline } from "./deadline.ts";
import { type ChatMessage, conversation, repairing } from "./messages.ts";
import { type LlmTiming, throwIfStopped } from "./policies.ts";
import { wordsOf } from "./prompts/words.ts";
import type { TargetsFor } from "./providers/targets.ts";
import type { Run } from "./run.ts";
import { useOf } from "./uses.ts";

/** A question that is answered in plain text. */
export type TextRequest = {
  /** `<module>.<verb>`, kept with every call. */
  useCase: string;
  /** Raised whenever the prompt changes. */
  version: number;
  system: string;
  messages: ChatMessage[];
};

export type StreamOptions = CallOptions & {
  /**
   * Called with the whole text so far whenever there is more of it. A text that is cut is asked for anew: then it is shorter
   * than before. Must not throw.
   */
  onText: (textSoFar: string) => void;
};

/** `down`: nobody answered: no_model, breaker_open, bad_answer, or how the last attempt failed. */
export type StreamEnd = { type: "answer"; text: string; model: string; usage: Usage } | { type: "down"; why: string };

/** An answer is not read any further than this, in characters. */
const LONGEST_TEXT = 200_000;
/** What comes after the end of a text is the count of tokens, and that comes at once or not at all. */
const COUNT_MS = 2_000;

/** Answers in plain text, as it is written. */
export async function stream(
  { db, run, targetsFor, timing }: { db: Db; run: Run; targetsFor: TargetsFor; timing: LlmTiming },
  request: TextRequest,
  options: StreamOptions,
): Promise<StreamEnd> {
  const { useCase, version } = request;
  throwIfStopped(options.signal);
  const targets = await targetsFor({ ...options, use: useOf(useCase) });
  const words = await wordsOf(db, request, options);
  const said = conversation(words.system, request.messages);
  const call = { useCase, version, promptKey: words.key, options };
  const ended = await run<string>(call, targets, async ({ client, model, signal, deadline, repair }) => {
    const question = { model, messages: [...said, ...repairing(repair)], stream_options: { include_usage: true } };
    const endsAtMs = performance.now() + timing.streamMs;
    const chunks = await client.chat.completions.create({ ...question, stream: true }, { signal });
    return read(chunks, {
      onChunk: () => deadline.putOff(Math.min(timing.idleMs, endsAtMs - performance.now())),
      onText: (text) => {
        if (!signal.aborted) options.onText(text);
      },
      deadline,
    });
  });

  switch (ended.type) {
    case "answer":
      return { type: "answer", text: ended.answer, model: ended.model, usage: ended.usage };
    case "down":
      return { type: "down", why: ended.why };
    case "unusable":
      // Another try of whoever asked would end no better.
      if (ended.isRefusal) throw new AppError("invalid_input", ended.error.message);
      return { type: "down", why: "bad_answer" };
    case "refused":
      throw ended.error;
  }
}

/** Reads a text to its end. @throws Error where the stream ends before the text does, whoever cut it */
async function read(
  chunks: AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk>,
  { onChunk, onText, deadline }: { onChunk: () => void; onText: (text: string) => void; deadline: Deadline },
): Promise<Asked<string>> {
  let text = "";
  let tokens = NOT_COUNTED;
  let finish: string | null = null;
  let isRefused = false;
  try {
    for await (const chunk of chunks) {
      if (finish === null) onChunk();
      if (chunk.usage) {
        const { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details } = chunk.usage;
        tokens = tokensOf(input, output, details?.cached_tokens);
      }
      // An endpoint that is not quite OpenAI's may leave out anything.
      const choice = chunk.choices?.[0];
      const more: unknown = choice?.delta?.content;
      if (typeof more === "string" && more !== "") onText((text += more));
      if (choice?.delta?.refusal) isRefused = true;
      if (finish === null && choice?.finish_reason) {
        finish = choice.finish_reason;
        deadline.putOff(COUNT_MS);
      }
      if (text.length > LONGEST_TEXT) {
        finish = "length";
        break;
      }
    }
  } catch (error) {
    if (finish === null) throw error;
  }
  if (isRefused || finish === "content_filter") return { type: "filtered", tokens };
  // The SDK ends an aborted stream like one that is complete.
  if (finish === null) throw new Error("The stream ended before its text did.");
  return text.trim() === ""
    ? { type: "unreadable", said: "", why: "it was empty.", tokens }
    : { type: "answer", answer: text, tokens };
}
