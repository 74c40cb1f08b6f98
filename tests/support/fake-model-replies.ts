import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** What goes wrong with any request instead of an answer. */
export type Fault =
  | { type: "status"; status: number; code?: string; retryAfterS?: number; message?: string }
  /** Nothing comes, until the caller goes away or `stop`. */
  | { type: "hang" }
  /** The connection is cut before the answer, or in the middle of it. */
  | { type: "cut"; at: "start" | "middle" };

/** How one chat completion is answered; in a stream, where one was asked for. */
export type Reply =
  /** An answer with this value as JSON; of what was asked, so many tokens were in the cache. */
  | { type: "json"; value: unknown; cachedTokens?: number }
  /** An answer with this text as it is: broken JSON, a code fence, prose. */
  | { type: "text"; text: string }
  /** Calls of tools, with or without words. Arguments that are a string are sent as they are, be they JSON or not. */
  | { type: "calls"; calls: { name: string; arguments: unknown; id?: string }[]; text?: string }
  /**
   * A text chunk by chunk. A promise among them is waited for, `pauseMs` after each.
   * It ends whole, without the count of tokens, whole but with the connection open (lingering), cut, with an error, as
   * filtered, or it never does.
   */
  | {
      type: "stream";
      chunks: (string | Promise<unknown>)[];
      pauseMs?: number;
      end?: "whole" | "uncounted" | "lingering" | "cut" | "error" | "filtered" | "silence";
    }
  | { type: "refusal" }
  | Fault;

/** How another request is answered: with this as its body, or not. */
export type RawReply = { type: "json"; value: unknown } | Fault;

export function isFault(reply: { type: string }): reply is Fault {
  return reply.type === "status" || reply.type === "hang" || reply.type === "cut";
}

export async function sendReply(
  response: ServerResponse,
  asked: { model: string; isStream: boolean; isCounted: boolean },
  reply: Reply,
): Promise<void> {
  if (isFault(reply)) return sendFault(response, reply);
  if (asked.isStream) return sendStream(response, asked, reply);
  switch (reply.type) {
    case "json":
      return complete(response, asked.model, { content: JSON.stringify(reply.value) }, reply.cachedTokens);
    case "text":
      return complete(response, asked.model, { content: reply.text });
    case "stream":
      return complete(response, asked.model, { content: reply.chunks.filter(isText).join("") });
    case "calls":
      return complete(response, asked.model, { content: reply.text ?? null, tool_calls: toolCalls(reply.calls) });
    case "refusal":
      return complete(response, asked.model, { content: null, refusal: REFUSAL });
  }
}

export function sendFault(response: ServerResponse, fault: Fault): void {
  switch (fault.type) {
    case "status":
      if (fault.retryAfterS !== undefined) response.setHeader("retry-after", String(fault.retryAfterS));
      return sendFailure(response, fault.status, fault.code ?? "fake_failure", fault.message);
    case "hang":
      return;
    case "cut":
      if (fault.at === "start") response.socket?.destroy();
      else {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
        response.write('{"id":"cut","choices":[', () => response.socket?.destroy());
      }
  }
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}

export function sendFailure(
  response: ServerResponse,
  status: number,
  code: string,
  message = "The fake model was told to fail.",
): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message, type: code, code } }));
}

const REFUSAL = "I can't help with that.";
const USAGE = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };

function complete(
  response: ServerResponse,
  model: string,
  message: { content: string | null; refusal?: string; tool_calls?: object[] },
  cachedTokens?: number,
): void {
  const finish = message.tool_calls ? "tool_calls" : "stop";
  sendJson(response, {
    id: "chatcmpl-fake",
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, finish_reason: finish, message: { role: "assistant", refusal: null, ...message } }],
    usage: { ...USAGE, ...(cachedTokens && { prompt_tokens_details: { cached_tokens: cachedTokens } }) },
  });
}

let callCount = 0;

function toolCalls(calls: Extract<Reply, { type: "calls" }>["calls"]) {
  return calls.map((call) => ({
    id: call.id ?? `call_${(callCount += 1)}`,
    type: "function",
    function: {
      name: call.name,
      arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
    },
  }));
}

async function sendStream(
  response: ServerResponse,
  { model, isCounted }: { model: string; isCounted: boolean },
  reply: Exclude<Reply, Fault>,
): Promise<void> {
  const send = (data: object) => {
    if (!response.destroyed) response.write(`data: ${JSON.stringify(data)}\n\n`);
  };
  const sendChunk = (delta: object, finish: string | null = null) =>
    send({
      id: "chatcmpl-fake",
      object: "chat.completion.chunk",
      created: 0,
      model,
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
  response.writeHead(200, { "content-type": "text/event-stream" });
  sendChunk({ role: "assistant", content: "" });

  const { chunks, pauseMs, end } = asStream(reply);
  for (const chunk of chunks) {
    if (isText(chunk)) sendChunk({ content: chunk });
    else await chunk;
    if (pauseMs > 0) await pause(pauseMs);
  }
  if (reply.type === "calls") {
    sendChunk({ tool_calls: toolCalls(reply.calls).map((call, index) => ({ index, ...call })) });
  }
  if (reply.type === "refusal") sendChunk({ refusal: REFUSAL });

  switch (end) {
    case "silence":
      return;
    case "cut":
      return void response.write(": the end of it\n\n", () => response.socket?.destroy());
    case "error":
      send({ error: { message: "The fake model broke off.", type: "server_error", code: "server_error" } });
      return void response.end();
    case "filtered":
      sendChunk({}, "content_filter");
      break;
    default:
      sendChunk({}, reply.type === "calls" ? "tool_calls" : "stop");
  }
  if (end === "lingering") return;
  if (isCounted && end !== "uncounted") {
    send({ id: "chatcmpl-fake", object: "chat.completion.chunk", choices: [], usage: USAGE });
  }
  response.end("data: [DONE]\n\n");
}

function asStream(reply: Exclude<Reply, Fault>): {
  chunks: (string | Promise<unknown>)[];
  pauseMs: number;
  end: NonNullable<Extract<Reply, { type: "stream" }>["end"]>;
} {
  switch (reply.type) {
    case "stream":
      return { chunks: reply.chunks, pauseMs: reply.pauseMs ?? 0, end: reply.end ?? "whole" };
    case "json":
      return { chunks: words(JSON.stringify(reply.value)), pauseMs: 0, end: "whole" };
    case "text":
      return { chunks: words(reply.text), pauseMs: 0, end: "whole" };
    case "calls":
      return { chunks: words(reply.text ?? ""), pauseMs: 0, end: "whole" };
    case "refusal":
      return { chunks: [], pauseMs: 0, end: "whole" };
  }
}

function words(text: string): string[] {
  return text.match(/\S*\s*/gu)?.filter((word) => word !== "") ?? [];
}

function isText(chunk: string | Promise<unknown>): chunk is string {
  return typeof chunk === "string";
}
