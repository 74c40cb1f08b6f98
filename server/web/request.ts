import type { IncomingMessage, ServerResponse } from "node:http";

import { dropRest, readBody, readDirectly } from "#server/lib/http.ts";

/**
 * A Request for the hot doors. It costs a tenth of `new Request` with a body, because it makes what a handler asks for and
 * nothing else. What is missing here throws, as on any object that is no Request: add it when a hot door needs it.
 */
class LeanRequest {
  readonly #incoming: IncomingMessage;
  #headers: LeanHeaders | undefined;
  #body: ReadableStream<Uint8Array> | undefined;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
  }

  get method(): string {
    return this.#incoming.method ?? "GET";
  }

  get url(): string {
    return `http://${this.#incoming.headers.host ?? "localhost"}${this.#incoming.url ?? "/"}`;
  }

  get headers(): LeanHeaders {
    this.#headers ??= new LeanHeaders(this.#incoming);
    return this.#headers;
  }

  get body(): ReadableStream<Uint8Array> {
    this.#body ??= streamOf(this.#incoming);
    return this.#body;
  }

  async text(): Promise<string> {
    return (await this.#wholeBody()).toString();
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  [readDirectly](maxBytes: number): Promise<Buffer | null> {
    return readBody(this.#incoming, maxBytes);
  }

  async #wholeBody(): Promise<Buffer> {
    return (await readBody(this.#incoming, Number.POSITIVE_INFINITY)) ?? Buffer.alloc(0);
  }
}

class LeanHeaders {
  readonly #incoming: IncomingMessage;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
  }

  get(name: string): string | null {
    const value = this.#incoming.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : (value ?? null);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (const name of Object.keys(this.#incoming.headers)) yield [name, this.get(name) ?? ""];
  }
}

// So that `instanceof` holds.
Object.setPrototypeOf(LeanRequest.prototype, Request.prototype);
Object.setPrototypeOf(LeanHeaders.prototype, Headers.prototype);

/** Hands a request of node:http to a web handler and sends what it answers. A handler that throws is its caller's to answer. */
export async function serve(
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const response = await handler(new LeanRequest(incoming) as unknown as Request);
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  if (response.body === null) outgoing.end();
  else outgoing.end(Buffer.from(await response.arrayBuffer()));
  dropRest(incoming);
}

function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const parts = incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
