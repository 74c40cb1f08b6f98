// The floor of the acknowledgement bench: a plain node:http server that stores each update and does nothing else.
// FLOOR=insert: one prepared INSERT a request. FLOOR=coalesced: requests that wait at the same moment share one.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import pg from "pg";

const { DATABASE_URL, FLOOR, SECRET } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });

type Update = { id: string; payload: string; updateId: number; chatId: string };

async function insertOne({ id, updateId, chatId, payload }: Update): Promise<void> {
  await pool.query({
    name: "one",
    text: `insert into inbound_updates (id, bot_id, update_id, chat_key, payload, received_at)
           values ($1, 1, $2, $3, $4, now()) on conflict do nothing`,
    values: [id, updateId, chatId, payload],
  });
}

async function insertMany(updates: Update[]): Promise<void> {
  await pool.query({
    name: "many",
    text: `insert into inbound_updates (id, bot_id, update_id, chat_key, payload, received_at)
           select id, 1, update_id, chat_key, payload, now()
             from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[]) as u (id, update_id, chat_key, payload)
           on conflict do nothing`,
    values: [
      updates.map((update) => update.id),
      updates.map((update) => update.updateId),
      updates.map((update) => update.chatId),
      updates.map((update) => update.payload),
    ],
  });
}

let waiting: Array<{ update: Update; done: () => void }> = [];
let isInFlight = false;

async function drain(): Promise<void> {
  isInFlight = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    await insertMany(batch.map(({ update }) => update));
    for (const { done } of batch) done();
  }
  isInFlight = false;
}

const store =
  FLOOR === "coalesced"
    ? (update: Update) =>
        new Promise<void>((done) => {
          waiting.push({ update, done });
          if (!isInFlight) void drain();
        })
    : insertOne;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.headers["x-telegram-bot-api-secret-token"] !== SECRET) {
      response.writeHead(401).end();
      return;
    }
    const payload = Buffer.concat(chunks).toString();
    const update = JSON.parse(payload) as { update_id: number; message: { chat: { id: number } } };
    const chatId = String(update.message.chat.id);
    void store({ id: crypto.randomUUID(), payload, updateId: update.update_id, chatId }).then(() =>
      response.writeHead(200, { "content-length": 0 }).end(),
    );
  });
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ type: "ready", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on("disconnect", () => process.exit());
