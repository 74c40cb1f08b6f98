// The floor of the live bench: the least that could carry an update to a browser. A POST to /update is one INSERT with a NOTIFY, which
// a second connection hears and sends to every socket; any other POST is a publish as Pusher's HTTP API takes it, sent to every socket.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import pg from "pg";
import { type WebSocket, WebSocketServer } from "ws";

const { DATABASE_URL } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 4 });
const sockets = new Set<WebSocket>();

const send = (frame: string) => {
  for (const socket of sockets) socket.send(frame);
};

const listener = new pg.Client(DATABASE_URL);
await listener.connect();
listener.on("notification", ({ payload }) => send(payload ?? ""));
await listener.query("listen bench_live");

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString();
    const done = () => response.writeHead(200, { "content-length": 2 }).end("{}");
    if (request.url !== "/update") {
      const { name, channels, data } = JSON.parse(body) as { name: string; channels: string[]; data: string };
      send(JSON.stringify({ event: name, channel: channels[0], data }));
      done();
      return;
    }
    const { update_id: updateId } = JSON.parse(body) as { update_id: number };
    void pool
      .query({
        name: "live",
        text: `with stored as (insert into inbound_updates (id, bot_id, update_id, chat_key, payload, received_at, handled_at)
                               values ($1, 7, $2, '-', $3, now(), now()) returning update_id)
               select pg_notify('bench_live', json_build_object('event', 'notice', 'data', update_id)::text) from stored`,
        values: [crypto.randomUUID(), updateId, body],
      })
      .then(done);
  });
});
new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ type: "ready", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on("disconnect", () => process.exit());
