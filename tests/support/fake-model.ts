import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { z } from "zod";

/** What a fake model was asked, in the order of arrival. */
export type ModelRequest = {
  model: string;
  system: string;
  /** The prompt. */
  user: string;
  /** The chat messages in the prompt, in order, as the model would read them. */
  messages: { label: string; text: string }[];
  /** The name of the json_schema asked for, and the schema. */
  schema: { name: string; schema: Record<string, unknown> } | null;
  authorization: string | null;
};

/** How one request is answered. */
export type Reply =
  /** An answer with this value as JSON. */
  | { type: "json"; value: unknown }
  /** An answer with this text as it is: broken JSON, a code fence, prose. */
  | { type: "text"; text: string }
  | { type: "refusal" }
  | { type: "status"; status: number; code?: string; retryAfterS?: number; message?: string }
  /** Nothing comes, until the caller goes away or `stop`. */
  | { type: "hang" }
  /** The connection is cut before the answer, or in the middle of it. */
  | { type: "cut"; at: "start" | "middle" };

export type FakeModel = Awaited<ReturnType<typeof startFakeModel>>;

/**
 * An OpenAI-compatible endpoint for tests, on a free port: give `baseUrl` as OPENAI_BASE_URL.
 * Replies given to `next` are used up in order; afterwards `always` answers (at first: no proposals).
 */
export async function startFakeModel({ latencyMs = 0 }: { latencyMs?: number } = {}) {
  const requests: ModelRequest[] = [];
  const scripted: Reply[] = [];
  const waiting = new Set<{ count: number; resolve: () => void }>();
  let usual: (request: ModelRequest) => Reply = () => ({ type: "json", value: { proposals: [] } });
  let inFlight = 0;
  let mostAtOnce = 0;

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "POST" || request.url !== "/v1/chat/completions") return fail(response, 404, "not_found");
    const asked = modelRequest(Asked.parse(JSON.parse(await text(request))), request.headers.authorization ?? null);
    requests.push(asked);
    inFlight += 1;
    mostAtOnce = Math.max(mostAtOnce, inFlight);
    response.on("close", () => (inFlight -= 1));
    for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve();

    const reply = scripted.shift() ?? usual(asked);
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    send(response, asked.model, reply);
  };

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    /** The most requests that were open at the same time. */
    mostAtOnce: () => mostAtOnce,
    /** The next requests get these replies, one each. */
    next: (...replies: Reply[]) => void scripted.push(...replies),
    /** Every other request gets this. */
    always: (reply: Reply | ((request: ModelRequest) => Reply)) => {
      usual = typeof reply === "function" ? reply : () => reply;
    },
    /** Resolves when so many requests have arrived in all. */
    received: (count: number) =>
      new Promise<void>((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.add({ count, resolve });
      }),
    stop: () =>
      new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

const Asked = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z
    .object({ json_schema: z.object({ name: z.string(), schema: z.record(z.string(), z.unknown()) }) })
    .optional(),
});

function modelRequest(asked: z.infer<typeof Asked>, authorization: string | null): ModelRequest {
  const said = (role: string) => asked.messages.find((message) => message.role === role)?.content ?? "";
  const user = said("user");
  return {
    model: asked.model,
    system: said("system"),
    user,
    messages: [...user.matchAll(/<message id="(\w+)"[^>]*>(.*?)<\/message>/gsu)].map((match) => ({
      label: match[1] ?? "",
      text: match[2] ?? "",
    })),
    schema: asked.response_format?.json_schema ?? null,
    authorization,
  };
}

function send(response: ServerResponse, model: string, reply: Reply): void {
  switch (reply.type) {
    case "json":
      return complete(response, model, { content: JSON.stringify(reply.value), refusal: null });
    case "text":
      return complete(response, model, { content: reply.text, refusal: null });
    case "refusal":
      return complete(response, model, { content: null, refusal: "I can't help with that." });
    case "status":
      if (reply.retryAfterS !== undefined) response.setHeader("retry-after", String(reply.retryAfterS));
      return fail(response, reply.status, reply.code ?? "fake_failure", reply.message);
    case "hang":
      return;
    case "cut":
      if (reply.at === "start") response.socket?.destroy();
      else {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
        response.write('{"id":"cut","choices":[', () => response.socket?.destroy());
      }
  }
}

function complete(
  response: ServerResponse,
  model: string,
  message: { content: string | null; refusal: string | null },
) {
  response.setHeader("content-type", "application/json");
  response.end(
    JSON.stringify({
      id: "chatcmpl-fake",
      object: "chat.completion",
      created: 0,
      model,
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", ...message } }],
      usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
    }),
  );
}

function fail(response: ServerResponse, status: number, code: string, message = "The fake model was told to fail.") {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message, type: code, code } }));
}
