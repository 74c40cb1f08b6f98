import type { IncomingMessage } from "node:http";

/** The two parts of a request line's target, as they came. Never throws, whatever was sent. */
export function targetOf(request: IncomingMessage): { path: string; query: string } {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  return at === -1 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

/**
 * Reads a body whole, as bytes.
 * @returns null as soon as it is larger than `maxBytes`; the rest stays unread, and the socket open for an answer
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of parts) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
