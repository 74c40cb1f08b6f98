// A process with many sockets on one channel: publishes, and measures until the last of them has heard.
import { setTimeout as pause } from "node:timers/promises";

import Pusher from "pusher";
import { WebSocket } from "ws";

export type FanoutOrder = {
  port: number;
  appId: string;
  key: string;
  secret: string;
  channel: string;
  sockets: number;
  publishes: number;
  /** A bare server sends to every socket without being asked. */
  isBare: boolean;
};
/** From the publish to the last socket, for each publish. */
export type FanoutResult = { lastMs: number[] };

/** Opened at a time, so that no connection waits in the listener's queue. */
const OPEN_AT_ONCE = 50;
const PAUSE_MS = 100;

const order = JSON.parse(process.argv[2] ?? "{}") as FanoutOrder;
const publisher = new Pusher({ ...order, host: "127.0.0.1", port: String(order.port), useTLS: false });
const sockets: WebSocket[] = [];
let heard = 0;
let allHeard = () => {};

while (sockets.length < order.sockets) sockets.push(...(await Promise.all(Array.from({ length: OPEN_AT_ONCE }, open))));
const lastMs: number[] = [];
for (let i = 0; i < order.publishes; i += 1) {
  await pause(PAUSE_MS);
  heard = 0;
  const all = new Promise<void>((resolve) => (allHeard = resolve));
  const startedMs = performance.now();
  await Promise.all([
    publisher.trigger(order.channel, "notice", { seq: i, type: "message.received", subjectId: "x" }),
    all,
  ]);
  lastMs.push(performance.now() - startedMs);
}
const result: FanoutResult = { lastMs };
process.send?.(result, () => process.exit());

function open(): Promise<WebSocket> {
  const path = order.isBare ? "/" : `/app/${order.key}?protocol=7&client=bench&version=1`;
  const socket = new WebSocket(`ws://127.0.0.1:${order.port}${path}`, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    if (order.isBare) socket.once("open", () => resolve(socket));
    socket.on("message", (bytes: Buffer) => {
      const frame = bytes.toString();
      if (frame.startsWith('{"event":"notice"')) {
        heard += 1;
        if (heard === order.sockets) allHeard();
      } else if (frame.includes("pusher:connection_established")) {
        subscribe(socket, frame);
      } else if (frame.includes("subscription_succeeded")) {
        resolve(socket);
      }
    });
  });
}

function subscribe(socket: WebSocket, established: string): void {
  const { data } = JSON.parse(established) as { data: string };
  const { socket_id: socketId } = JSON.parse(data) as { socket_id: string };
  const { auth } = publisher.authorizeChannel(socketId, order.channel);
  socket.send(JSON.stringify({ event: "pusher:subscribe", data: { channel: order.channel, auth } }));
}
