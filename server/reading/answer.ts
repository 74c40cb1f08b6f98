import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { pipeline } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

import { hostOf, onlyTo, portOf } from "#server/lib/address.ts";

/** How many bytes of a page are read, unpacked. */
const MAX_BYTES = 2 * 1024 * 1024;

const HEADERS = {
  "user-agent": "Winnow",
  accept: "text/html,application/xhtml+xml,text/plain,text/markdown,application/json,application/pdf;q=0.9",
  "accept-encoding": "gzip, deflate, br",
};

/**
 * Asks for a page at addresses that were checked, and at no other. No proxy of the environment is used, no cookie sent, no
 * connection kept.
 */
export function ask(url: URL, addresses: string[], signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const host = hostOf(url);
  const options = {
    method: "GET",
    host,
    port: portOf(url),
    path: url.pathname + url.search,
    headers: { ...HEADERS, host: url.host },
    lookup: onlyTo(addresses),
    signal,
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
      reject(new Error("The site does not answer in HTTP."));
    })
    .on("error", reject)
    .end();
  return promise;
}

/**
 * Reads a body and unpacks it, up to `MAX_BYTES`.
 * @returns null where it is packed in a way that is not known; `isWhole` false where there was more
 */
export async function bodyOf(answer: IncomingMessage): Promise<{ bytes: Buffer; isWhole: boolean } | null> {
  const stream = unpacked(answer);
  if (!stream) return null;
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    read += chunk.length;
    if (read > MAX_BYTES) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, MAX_BYTES), isWhole: read <= MAX_BYTES };
}

/** The body as it was before it was packed. Leaving it before its end closes the connection. */
function unpacked(answer: IncomingMessage): AsyncIterable<Buffer> | null {
  const decoder = decoderOf((answer.headers["content-encoding"] ?? "identity").trim().toLowerCase());
  if (decoder === undefined) return null;
  // The loop that reads hears of errors; whoever leaves it early wants none.
  return decoder === null ? answer : pipeline(answer, decoder, () => undefined);
}

function decoderOf(encoding: string) {
  switch (encoding) {
    case "identity":
      return null;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
