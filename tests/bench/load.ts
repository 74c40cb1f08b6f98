// A process that sends updates as fast as a server answers: keep-alive connections, each with one request under way.
// By hand on sockets, so that on a small machine the client costs the server as little as it can.
import { connect, type Socket } from "node:net";

import { percentile } from "./rounds.ts";

export type LoadOrder = {
  port: number;
  path: string;
  secret: string;
  connections: number;
  seconds: number;
  /** Every request of every run has an update id of its own. */
  firstUpdateId: number;
};
export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; refused: number };

/** Messages come from this many chats. */
const CHATS = 50;

const order = JSON.parse(process.argv[2] ?? "{}") as LoadOrder;
let updateId = order.firstUpdateId;
let refused = 0;
const latenciesMs: number[] = [];
const startedMs = performance.now();
const endMs = startedMs + order.seconds * 1000;

await Promise.all(Array.from({ length: order.connections }, () => talk()));
const result: LoadResult = {
  perSecond: latenciesMs.length / ((performance.now() - startedMs) / 1000),
  p50Ms: percentile(latenciesMs, 50),
  p99Ms: percentile(latenciesMs, 99),
  refused,
};
process.send?.(result, () => process.disconnect());

function talk(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: order.port, host: "127.0.0.1", noDelay: true });
    let sentMs = 0;
    let received = "";
    const send = () => {
      received = "";
      sentMs = performance.now();
      socket.write(request());
    };
    socket.setEncoding("latin1");
    socket.once("connect", send);
    socket.once("error", reject);
    socket.on("data", (chunk: string) => {
      received += chunk;
      if (!isWhole(received)) return;
      latenciesMs.push(performance.now() - sentMs);
      if (!received.startsWith("HTTP/1.1 200")) refused += 1;
      if (performance.now() < endMs) send();
      else finish(socket, resolve);
    });
  });
}

function finish(socket: Socket, resolve: () => void): void {
  socket.end();
  resolve();
}

/** An answer with a length, or in chunks that have come to their end. */
function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(answer) ?? [];
  if (length !== undefined) return answer.length >= headEnd + 4 + Number(length);
  return answer.endsWith("0\r\n\r\n");
}

function request(): string {
  updateId += 1;
  const chatId = -1_002_000_000_000 - (updateId % CHATS);
  const body = JSON.stringify({
    update_id: updateId,
    message: {
      message_id: updateId,
      from: { id: 5100 + (updateId % 9), is_bot: false, first_name: "Maren", last_name: "Holt", username: "marenholt" },
      chat: { id: chatId, title: "Ferry office", type: "supergroup" },
      date: 1_763_700_000,
      text: "The 7:40 is full again, can somebody look at the second boat before Friday?",
      entities: [{ type: "bold", offset: 4, length: 4 }],
    },
  });
  return `POST ${order.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-telegram-bot-api-secret-token: ${order.secret}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
