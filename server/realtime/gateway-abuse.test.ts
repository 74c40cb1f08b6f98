// What the gateway does with those who are silent, slow, rude or too many.
import { connect } from "node:net";

import { afterEach, expect, test } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { CREDENTIALS, openRaw, type PusherServer, spaceChannel, startPusherServer } from "#tests/support/realtime.ts";

import { channelSignature } from "./signature.ts";

const PATH = `/app/${CREDENTIALS.key}?protocol=7`;
const running: PusherServer[] = [];

async function start(options: Parameters<typeof startPusherServer>[0] = {}) {
  const server = await startPusherServer(options);
  running.push(server);
  return server;
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

test("a silent browser is asked whether it lives, and let go when it does not answer", async () => {
  const { port, gateway } = await start({ liveness: { activityTimeoutMs: 200, pongTimeoutMs: 1000 } });
  const [silent, alive] = [await openRaw(port), await openRaw(port)];
  alive.socket.on("message", (data: Buffer) => {
    if (data.toString().includes("pusher:ping")) alive.say("pusher:pong", {});
  });
  await silent.next("pusher:ping");
  expect(await silent.closed).toBe(4201);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  expect(gateway.connectionCount()).toBe(1);
  alive.say("pusher:ping", {});
  await alive.next("pusher:pong");
});

test("a browser that does not read is cut off before it fills our memory", async () => {
  const { port, gateway } = await start();
  const deaf = connect(port, "127.0.0.1");
  deaf.on("error", () => {});
  deaf.write(
    `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  const greeting = await new Promise<string>((resolve) => {
    let text = "";
    deaf.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.includes("socket_id")) resolve(text);
    });
  });
  const socketId = /(\d+\.\d+)\\"/.exec(greeting)![1]!;
  const channel = spaceChannel(newId());
  const wish = Buffer.from(
    JSON.stringify({
      event: "pusher:subscribe",
      data: { channel, auth: channelSignature(CREDENTIALS, socketId, channel) },
    }),
  );
  // A masked frame with the mask 0000, as a browser would send it.
  const header = Buffer.from([0x81, 0x80 | 126, wish.length >> 8, wish.length & 255, 0, 0, 0, 0]);
  deaf.write(Buffer.concat([header, wish]));
  await new Promise((resolve) => deaf.once("data", resolve));
  deaf.pause();

  let sent = 0;
  const data = "x".repeat(8_000);
  while (gateway.connectionCount() > 0 && sent < 20_000) {
    gateway.publish([channel], "notice", data);
    sent += 1;
    if (sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(gateway.connectionCount()).toBe(0);
  // The kernel takes a few megabytes; of ours it was at most one.
  expect(sent * data.length).toBeLessThan(40_000_000);
  deaf.destroy();
});

test("what is no message of the protocol is answered, not obeyed, and breaks nothing", async () => {
  const { port, gateway } = await start();
  const raw = await openRaw(port);
  await raw.next("pusher:connection_established");
  for (const rubbish of [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"event":5}',
    '{"event":"pusher:subscribe","data":"{"}',
  ]) {
    raw.socket.send(rubbish);
    expect(await raw.next("pusher:error")).toMatchObject({ data: { code: null } });
  }
  raw.socket.send(Buffer.from([0xff, 0x00]), { binary: true });
  await raw.next("pusher:error");
  raw.say("pusher:ping", {});
  await raw.next("pusher:pong");
  raw.socket.send(JSON.stringify({ event: "pusher:ping", data: "x".repeat(17 * 1024) }));
  expect(await raw.closed).toBe(1009);
  await expect.poll(() => gateway.connectionCount()).toBe(0);
});

test("a flood of messages ends the connection for good", async () => {
  const { port } = await start();
  const raw = await openRaw(port);
  await raw.next("pusher:connection_established");
  for (let i = 0; i < 600; i += 1) raw.say("pusher:ping", {});
  expect(await raw.closed).toBe(4302);
});

test("one connection hears at most a hundred channels", async () => {
  const { port } = await start();
  const raw = await openRaw(port);
  const socketId = JSON.parse(String((await raw.next("pusher:connection_established")).data)).socket_id as string;
  for (let i = 0; i <= 100; i += 1) {
    const channel = spaceChannel(newId());
    raw.say("pusher:subscribe", { channel, auth: channelSignature(CREDENTIALS, socketId, channel) });
  }
  await raw.next("pusher:subscription_error");
  expect(raw.frames.filter(({ event }) => event === "pusher_internal:subscription_succeeded")).toHaveLength(100);
  raw.socket.close();
});

test("too many connections, of one address or in all, are told to come back later", async () => {
  const { port, gateway } = await start({ limits: { connections: 4, connectionsPerAddress: 2 } });
  // A proxy on this machine says who called; only what it added itself, the last entry, is believed.
  const from = (address: string) => openRaw(port, { headers: { "x-forwarded-for": `198.51.100.9, ${address}` } });
  const [a, b] = [await from("203.0.113.7"), await from("203.0.113.7")];
  const third = await from("203.0.113.7");
  expect(await third.closed).toBe(4100);
  const others = [await from("203.0.113.8"), await from("203.0.113.9")];
  for (const each of [a, b, ...others]) await each.next("pusher:connection_established");
  const full = await from("203.0.113.10");
  expect(await full.closed).toBe(4100);
  a.socket.close();
  await a.closed;
  await expect.poll(() => gateway.connectionCount()).toBe(3);
  const again = await from("203.0.113.7");
  await again.next("pusher:connection_established");
});

test("pages of other origins may not connect", async () => {
  const { port } = await start({ allowedOrigins: ["https://winnow.example.org"] });
  const codeFor = async (origin: string) => {
    const raw = await openRaw(port, { headers: { origin } });
    const first = await Promise.race([raw.next("pusher:connection_established").then(() => 0), raw.closed]);
    raw.socket.close();
    return first;
  };
  expect(await codeFor("https://winnow.example.org")).toBe(0);
  expect(await codeFor(`http://127.0.0.1:${port}`)).toBe(0);
  expect(await codeFor("https://evil.example.org")).toBe(4009);
  expect(await codeFor("https://winnow.example.org.evil.example")).toBe(4009);
  expect(await codeFor("null")).toBe(4009);
});

test("a client of another protocol is told so", async () => {
  const { port } = await start();
  expect(await (await openRaw(port, { path: `/app/${CREDENTIALS.key}` })).closed).toBe(4008);
  expect(await (await openRaw(port, { path: `/app/${CREDENTIALS.key}?protocol=4` })).closed).toBe(4007);
  expect(await (await openRaw(port, { path: `/app/${CREDENTIALS.key}/more?protocol=7` })).closed).toBe(4001);
});
