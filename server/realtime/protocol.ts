import { z } from "zod";

/** Silence after which either side asks whether the other is still there. Proxies cut idle connections at 60 s. */
export const ACTIVITY_TIMEOUT_S = 30;

/**
 * Why a connection ends, by what pusher-js does next: 40xx never comes back, 41xx comes back after a second,
 * 42xx at once. 42xx is therefore never used while we stop: it would be a hot loop.
 */
export const CloseCode = {
  unknownApp: 4001,
  unsupportedProtocol: 4007,
  noProtocol: 4008,
  foreignOrigin: 4009,
  overCapacity: 4100,
  noPong: 4201,
  /** As a `pusher:error` only, not a close code: an event that a browser may not send. */
  clientEventRefused: 4301,
  flooding: 4302,
} as const;

const Frame = z.object({ event: z.string(), data: z.unknown() });
const Subscribe = z.object({ channel: z.string(), auth: z.string().default("") });
const Unsubscribe = z.object({ channel: z.string() });

/** What a browser may say. */
export type ClientFrame =
  | { kind: "ping" }
  | { kind: "pong" }
  | { kind: "subscribe"; channel: string; auth: string }
  | { kind: "unsubscribe"; channel: string }
  | { kind: "clientEvent" }
  | { kind: "unknown" };

/** Reads one message of a browser; whatever does not fit is `unknown`, never an exception. */
export function readFrame(text: string): ClientFrame {
  const frame = Frame.safeParse(parsedJson(text));
  if (!frame.success) return { kind: "unknown" };
  const { event } = frame.data;
  // Some libraries send `data` as JSON in a string.
  const data = typeof frame.data.data === "string" ? parsedJson(frame.data.data) : frame.data.data;
  if (event === "pusher:ping") return { kind: "ping" };
  if (event === "pusher:pong") return { kind: "pong" };
  if (event.startsWith("client-")) return { kind: "clientEvent" };
  if (event === "pusher:subscribe") {
    const wish = Subscribe.safeParse(data);
    if (wish.success) return { kind: "subscribe", ...wish.data };
  }
  if (event === "pusher:unsubscribe") {
    const wish = Unsubscribe.safeParse(data);
    if (wish.success) return { kind: "unsubscribe", ...wish.data };
  }
  return { kind: "unknown" };
}

/** What we say. `data` is JSON in a string, except in errors: so does hosted Pusher. */
export const frames = {
  established: (socketId: string) =>
    JSON.stringify({
      event: "pusher:connection_established",
      data: JSON.stringify({ socket_id: socketId, activity_timeout: ACTIVITY_TIMEOUT_S }),
    }),
  ping: JSON.stringify({ event: "pusher:ping", data: "{}" }),
  pong: JSON.stringify({ event: "pusher:pong", data: "{}" }),
  error: (code: number | null, message: string) => JSON.stringify({ event: "pusher:error", data: { code, message } }),
  subscribed: (channel: string) =>
    JSON.stringify({ event: "pusher_internal:subscription_succeeded", channel, data: "{}" }),
  notSubscribed: (channel: string, status: number, error: string) =>
    JSON.stringify({ event: "pusher:subscription_error", channel, data: { type: "AuthError", error, status } }),
  /** @param data already JSON */
  message: (channel: string, event: string, data: string) => JSON.stringify({ event, channel, data }),
};

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
