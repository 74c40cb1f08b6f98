import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { Readable } from "node:stream";

import { addressesOf, hostOf, isPublic, onlyTo, portOf, type Resolve } from "#server/lib/address.ts";

/** That an address leads into a private network, and was not opened. */
export class PrivateAddress extends Error {
  override readonly name = "PrivateAddress";
}

/** No answer of a model is larger, in bytes. */
const MAX_BYTES = 32 * 1024 * 1024;
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * A `fetch` for endpoints that people name. The name is looked up once, each of its addresses is checked, and the connection
 * goes to those and no others. No redirect is followed, no proxy of the environment used, no connection kept.
 * What it gives throws `PrivateAddress` where the address leads into a private network and `allowPrivate` is not set.
 */
export function createGuardedFetch({
  allowPrivate,
  resolve,
}: {
  allowPrivate: boolean;
  resolve?: Resolve | undefined;
}) {
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const addresses = await addressesOf(hostOf(url), resolve);
    request.signal.throwIfAborted();
    if (addresses.length === 0) throw new TypeError("There is no host of that name.");
    if (!allowPrivate && !addresses.every(isPublic)) throw new PrivateAddress("The address is in a private network.");
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    return asResponse(await send(request, { url, addresses, body }));
  };
}

function send(
  request: Request,
  { url, addresses, body }: { url: URL; addresses: string[]; body: Buffer | null },
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const host = hostOf(url);
  const options = {
    method: request.method,
    host,
    port: portOf(url),
    path: url.pathname + url.search,
    headers: {
      ...Object.fromEntries(request.headers),
      host: url.host,
      "accept-encoding": "identity",
      ...(body && { "content-length": String(body.length) }),
    },
    lookup: onlyTo(addresses),
    signal: request.signal,
  };
  const sent =
    url.protocol === "https:"
      ? requestHttps({ ...options, agent: new HttpsAgent(), servername: isIP(host) === 0 ? host : "" })
      : requestHttp({ ...options, agent: new HttpAgent() });
  sent
    .once("response", resolve)
    // Who answers in another protocol ("101") takes the connection along; without this nobody would ever hear of it again.
    .once("upgrade", (_answer, socket) => {
      socket.destroy();
      reject(new TypeError("The endpoint does not answer in HTTP."));
    })
    .once("close", () => reject(new TypeError("The endpoint closed the connection without an answer.")))
    .on("error", reject)
    .end(body ?? undefined);
  return promise;
}

function asResponse(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 500;
  if (status < 200 || status > 599) {
    answer.destroy();
    throw new TypeError("The endpoint answers with a status that there is not.");
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headersDistinct)) {
    for (const each of value ?? []) headers.append(name, each);
  }
  if (WITHOUT_BODY.has(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(Readable.from(limited(answer))) as ReadableStream, { status, headers });
}

async function* limited(answer: IncomingMessage): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (read > MAX_BYTES) throw new Error("The answer is larger than any answer of a model.");
    yield chunk;
  }
}
