import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** How old or how far ahead a signed API request may be. It can be replayed for as long, as with hosted Pusher. */
const MAX_SKEW_S = 600;

type Credentials = { key: string; secret: string };

/** The `auth` of a subscription: it lets this one socket hear this one channel. */
export function channelSignature({ key, secret }: Credentials, socketId: string, channel: string): string {
  return `${key}:${hmac(secret, `${socketId}:${channel}`)}`;
}

/** Compares in constant time for strings of one length; the length itself is no secret. */
export function isSame(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Checks the signature of a request to the HTTP API, in the order of the Pusher reference.
 * @param path as it stands in the request line, without the query
 * @param body the raw bytes: what was signed is their hash
 * @returns what is wrong with it in words, or null
 */
export function apiRequestProblem(
  { key, secret }: Credentials,
  request: { method: string; path: string; query: URLSearchParams; body: Buffer; now: Date },
): string | null {
  const { method, path, query, body, now } = request;
  if (!isSame(query.get("auth_key") ?? "", key)) return "auth_key is not the key of this app";
  if (query.get("auth_version") !== "1.0") return "auth_version must be 1.0";
  const skewS = Math.abs(now.getTime() / 1000 - Number(query.get("auth_timestamp") ?? Number.NaN));
  if (!(skewS <= MAX_SKEW_S)) return `auth_timestamp is more than ${MAX_SKEW_S} seconds away from now`;
  if (body.length > 0) {
    const md5 = createHash("md5").update(body).digest("hex");
    if (!isSame(query.get("body_md5") ?? "", md5)) return "body_md5 does not fit the body";
  }
  const signature = query.get("auth_signature") ?? "";
  const signed = [...query]
    .filter(([name]) => name !== "auth_signature")
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  // The pusher library signs the path before it is percent-encoded for the wire.
  const isSigned = [path, decoded(path)].some((each) =>
    isSame(signature, hmac(secret, `${method}\n${each}\n${signed}`)),
  );
  return isSigned ? null : "auth_signature does not fit the request";
}

function hmac(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
