import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

import { asBase64, meaningOf } from "./fake-model-meaning.ts";
import {
  isFault,
  type RawReply,
  type Reply,
  sendFailure,
  sendFault,
  sendJson,
  sendReply,
} from "./fake-model-replies.ts";
import {
  type EmbeddingRequest,
  type ModelRequest,
  readEmbeddingRequest,
  readModelRequest,
  readTranscriptionRequest,
  type TranscriptionRequest,
} from "./fake-model-requests.ts";

export type FakeModel = Awaited<ReturnType<typeof startFakeModel>>;

/** What the endpoint has besides chat completions. */
type Offers = {
  embeddings: boolean;
  transcriptions: boolean;
  /** The ids that it lists; null: it lists none. */
  models: string[] | null;
};
type Door = keyof Offers;

/**
 * An OpenAI-compatible endpoint for tests, on a free port: give `baseUrl` as OPENAI_BASE_URL.
 * Replies given to `next` are used up in order; afterwards `always` answers (at first: no proposals).
 * Embeddings are near for texts with the same words; a recording says what its bytes say as text.
 */
export async function startFakeModel({ latencyMs = 0 }: { latencyMs?: number } = {}) {
  const requests: ModelRequest[] = [];
  const embedded: EmbeddingRequest[] = [];
  const transcribed: TranscriptionRequest[] = [];
  const scripted: Reply[] = [];
  const scriptedAt: Record<Door, RawReply[]> = { embeddings: [], transcriptions: [], models: [] };
  const waiting = new Set<{ count: number; resolve: () => void }>();
  const offers: Offers = { embeddings: true, transcriptions: true, models: [] };
  let usual: (request: ModelRequest) => Reply = () => ({ type: "json", value: { proposals: [] } });
  let inFlight = 0;
  let mostAtOnce = 0;
  let listed = 0;

  const complete = async (request: IncomingMessage, response: ServerResponse) => {
    const body: unknown = JSON.parse((await buffer(request)).toString());
    const asked = readModelRequest(body, request.headers.authorization ?? null);
    requests.push(asked);
    inFlight += 1;
    mostAtOnce = Math.max(mostAtOnce, inFlight);
    response.on("close", () => (inFlight -= 1));
    for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve();

    const reply = scripted.shift() ?? usual(asked);
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    await sendReply(response, asked, reply);
  };

  /** What a door answers with, once the request is kept. */
  const answerAt = async (door: Door, request: IncomingMessage): Promise<unknown> => {
    const body = await buffer(request);
    switch (door) {
      case "embeddings": {
        const asked = readEmbeddingRequest(JSON.parse(body.toString()));
        embedded.push(asked);
        return embeddings(asked);
      }
      case "transcriptions": {
        const asked = await readTranscriptionRequest(body, request.headers["content-type"] ?? "");
        transcribed.push(asked);
        return { text: asked.bytes.toString() };
      }
      case "models":
        listed += 1;
        return { object: "list", data: (offers.models ?? []).map((id) => ({ id, object: "model" })) };
    }
  };

  const server = createServer((request, response) => {
    const work = async () => {
      const asked = `${request.method} ${request.url}`;
      if (asked === "POST /v1/chat/completions") return complete(request, response);
      const door = DOORS.get(asked);
      if (!door) return sendFailure(response, 404, "not_found");
      const answer = await answerAt(door, request);
      const reply = scriptedAt[door].shift() ?? { type: "json", value: answer };
      if (isFault(reply)) return sendFault(response, reply);
      if (!offers[door]) return sendFailure(response, 404, "not_found");
      sendJson(response, reply.value);
    };
    work().catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    /** The chat completions asked for, in the order of arrival. */
    requests,
    embedded,
    transcribed,
    /** How often the models were listed. */
    listed: () => listed,
    /** The most chat completions that were open at the same time. */
    mostAtOnce: () => mostAtOnce,
    /** The next chat completions get these replies, one each. */
    next: (...replies: Reply[]) => void scripted.push(...replies),
    /** Every other chat completion gets this. A function makes a model that obeys, or does not, whatever it reads. */
    always: (reply: Reply | ((request: ModelRequest) => Reply)) => {
      usual = typeof reply === "function" ? reply : () => reply;
    },
    /** The next requests of this kind get these replies, one each. */
    nextAt: (door: Door, ...replies: RawReply[]) => void scriptedAt[door].push(...replies),
    /** From now on the endpoint has this, or has it not. */
    offer: (changed: Partial<Offers>) => void Object.assign(offers, changed),
    /** Resolves when so many chat completions have been asked for in all. */
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

const DOORS: ReadonlyMap<string, Door> = new Map<string, Door>([
  ["POST /v1/embeddings", "embeddings"],
  ["POST /v1/audio/transcriptions", "transcriptions"],
  ["GET /v1/models", "models"],
]);

function embeddings({ model, texts, isBase64 }: EmbeddingRequest) {
  const data = texts.map((text, index) => {
    const vector = meaningOf(text);
    return { object: "embedding", index, embedding: isBase64 ? asBase64(vector) : vector };
  });
  return { object: "list", model, data, usage: { prompt_tokens: texts.length * 10, total_tokens: texts.length * 10 } };
}
