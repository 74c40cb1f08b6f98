import { randomInt } from "node:crypto";

import type { WebSocket } from "ws";

import type { Channels, Subscriber } from "./channels.ts";
import { ACTIVITY_TIMEOUT_S, CloseCode, frames, readFrame } from "./protocol.ts";
import { parseChannel } from "./schema.ts";
import { channelSignature, isSame } from "./signature.ts";

/** A browser subscribes to the seven topics of the space it shows. */
const MAX_CHANNELS = 100;
/** What one that does not read may leave waiting in our memory. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Between two sweeps; a browser that connects says about ten things. */
const MAX_FRAMES_PER_SWEEP = 500;
const PONG_TIMEOUT_MS = 30_000;

/** One browser on the gateway. */
export type Connection = {
  /** Looks after it: asks whether it lives, ends it when it does not. Called every so often with the present time. */
  sweep: (nowMs: number) => void;
  close: (code: number, reason: string) => void;
};

/** How fast silence is noticed; tests hurry. */
export type Liveness = { activityTimeoutMs: number; pongTimeoutMs: number };
export const LIVENESS: Liveness = { activityTimeoutMs: ACTIVITY_TIMEOUT_S * 1000, pongTimeoutMs: PONG_TIMEOUT_MS };

/** Speaks the Pusher protocol with one socket, from the first frame to the last. */
export function startConnection(options: {
  socket: WebSocket;
  credentials: { key: string; secret: string };
  channels: Channels;
  liveness: Liveness;
  onEnd: () => void;
}): Connection {
  const { socket, credentials, channels, liveness, onEnd } = options;
  const socketId = `${randomInt(1, 2 ** 47)}.${randomInt(1, 2 ** 47)}`;
  const heard = new Set<string>();
  let lastHeardMs = Date.now();
  let pingedAtMs: number | undefined;
  let framesSinceSweep = 0;

  const send = (frame: Buffer | string) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
    else socket.send(frame, { binary: false });
  };
  const subscriber: Subscriber = { socketId, send };

  const subscribe = (channel: string, auth: string) => {
    if (heard.has(channel)) {
      send(frames.error(null, `Already subscribed to ${channel}`));
    } else if (!parseChannel(channel)) {
      send(
        frames.notSubscribed(
          channel.slice(0, 200),
          403,
          "There is no such channel: all are private-space-<id>-<topic>",
        ),
      );
    } else if (!isSame(auth, channelSignature(credentials, socketId, channel))) {
      send(frames.notSubscribed(channel, 401, "The signature does not fit this socket and channel"));
    } else if (heard.size >= MAX_CHANNELS) {
      send(frames.notSubscribed(channel, 403, `One connection may hear ${MAX_CHANNELS} channels`));
    } else {
      heard.add(channel);
      channels.subscribe(channel, subscriber);
      send(frames.subscribed(channel));
    }
  };

  const onFrame = (text: string) => {
    const frame = readFrame(text);
    switch (frame.kind) {
      case "ping":
        return send(frames.pong);
      case "pong":
        return;
      case "subscribe":
        return subscribe(frame.channel, frame.auth);
      case "unsubscribe":
        if (heard.delete(frame.channel)) channels.unsubscribe(frame.channel, subscriber);
        return;
      case "clientEvent":
        return send(frames.error(CloseCode.clientEventRefused, "Browsers may not send events here"));
      case "unknown":
        return send(frames.error(null, "This message means nothing here"));
    }
  };

  socket.on("message", (data: Buffer) => {
    if (socket.readyState !== socket.OPEN) return;
    lastHeardMs = Date.now();
    pingedAtMs = undefined;
    framesSinceSweep += 1;
    if (framesSinceSweep > MAX_FRAMES_PER_SWEEP) refuse(socket, CloseCode.flooding, "Too many messages");
    else onFrame(data.toString());
  });
  // What went wrong is the peer's (a frame too large, a reset); `close` follows.
  socket.on("error", () => {});
  socket.on("close", () => {
    for (const channel of heard) channels.unsubscribe(channel, subscriber);
    onEnd();
  });
  send(frames.established(socketId));

  return {
    sweep: (nowMs) => {
      framesSinceSweep = 0;
      if (pingedAtMs !== undefined) {
        if (nowMs - pingedAtMs >= liveness.pongTimeoutMs) socket.close(CloseCode.noPong, "No pong");
      } else if (nowMs - lastHeardMs >= liveness.activityTimeoutMs) {
        pingedAtMs = nowMs;
        send(frames.ping);
      }
    },
    close: (code, reason) => socket.close(code, reason),
  };
}

/** Turns a socket away in the way that pusher-js understands: an error frame, then the same code as its end. */
export function refuse(socket: WebSocket, code: number, message: string): void {
  socket.send(frames.error(code, message));
  socket.close(code, message);
}
