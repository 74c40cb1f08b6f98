import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

import { AppError } from "./errors.ts";

/** How long an answered caller may go on sending. */
const REST_MS = 2_000;

/** Where a reverse proxy of one's own is. */
const nearby = new BlockList();
for (const [net, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  nearby.addSubnet(net, bits, "ipv4");
}
nearby.addAddress("::1", "ipv6");
nearby.addSubnet("fc00::", 7, "ipv6");

/** The two parts of a request line's target, as they came. Never throws, whatever was sent. */
export function targetOf(request: IncomingMessage): { path: string; query: string } {
  const url = request.url ?? "/";
  const at = url.indexOf("?");
  return at === -1 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

/**
 * Who calls, as an IP address. A proxy on this machine or in the private network appends its caller to X-Forwarded-For,
 * and is believed, for that last entry alone: everything before it is what the caller says of itself.
 */
export function clientAddress(request: IncomingMessage): string {
  const peer = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const family = isIP(peer);
  if (family === 0) return "unknown";
  const forwarded = request.headers["x-forwarded-for"]?.toString().split(",").at(-1)?.trim() ?? "";
  return isIP(forwarded) !== 0 && nearby.check(peer, family === 6 ? "ipv6" : "ipv4") ? forwarded : peer;
}

/** Whether an address is this machine itself. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/**
 * Reads a body whole, as bytes.
 * @returns null as soon as it is larger than `maxBytes`; the rest stays unread, and the socket open for an answer
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (request.readableEnded) return Promise.reject(new TypeError("The body was read already."));
  // By events: the async iterator of a stream costs several times as much.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (body: Buffer | null) => {
      request.off("data", onData).off("close", onClose);
      resolve(body);
    };
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) settle(null);
      else chunks.push(chunk);
    };
    const onClose = (cause?: Error) =>
      reject(new AppError("cancelled", "The caller went away before the request was complete.", { cause }));
    request.on("data", onData);
    request.once("end", () => settle(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    request.once("error", onClose).once("close", onClose);
  });
}

/** A Request whose body can be had without a web stream, which would cost more than all the rest of a small request. */
export const readDirectly = Symbol("winnow.readDirectly");

/**
 * Reads the body of a Request as text.
 * @returns null as soon as it is larger than `maxBytes`
 */
export async function readText(request: Request, maxBytes: number): Promise<string | null> {
  if (readDirectly in request && typeof request[readDirectly] === "function") {
    const bytes: Buffer | null = await request[readDirectly](maxBytes);
    return bytes === null ? null : bytes.toString();
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString();
}

/**
 * Lets a caller that is still sending finish for a moment, so that it sees our answer instead of a broken connection.
 * Call it when the answer is out and the body was not read to its end.
 */
export function dropRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), REST_MS);
  request.once("close", () => clearTimeout(timer));
  request.resume();
}
