// What unmodified pusher-js and pusher do with the gateway.
import Pusher from "pusher";
import type PusherJs from "pusher-js";
import { afterEach, expect, test } from "vitest";

import { newId } from "#server/lib/ids.ts";
import {
  CREDENTIALS,
  listen,
  openBrowser,
  openRaw,
  type PusherServer,
  spaceChannel,
  startPusherServer,
} from "#tests/support/realtime.ts";

import { channelSignature } from "./signature.ts";

const running: PusherServer[] = [];
const browsers: PusherJs[] = [];

async function start(options: Parameters<typeof startPusherServer>[0] = {}) {
  const server = await startPusherServer(options);
  running.push(server);
  return server;
}

function open(port: number, options: { key?: string } = {}) {
  const browser = openBrowser(port, options);
  browsers.push(browser);
  return browser;
}

afterEach(async () => {
  for (const browser of browsers.splice(0)) browser.disconnect();
  for (const server of running.splice(0)) await server.stop();
});

test("a browser connects, hears the channel it was let into, and nothing after it left", async () => {
  const { port, gateway } = await start();
  const channel = spaceChannel(newId());
  const browser = open(port);
  const { heard, refusal } = await listen(browser, channel);
  expect(refusal).toBeNull();
  expect(browser.connection.state).toBe("connected");
  expect(browser.connection.socket_id).toMatch(/^\d+\.\d+$/);

  gateway.publish([channel, spaceChannel(newId())], "notice", { seq: 1 });
  await expect.poll(() => heard).toEqual([{ event: "notice", data: { seq: 1 } }]);

  const other = await listen(browser, spaceChannel(newId()));
  browser.unsubscribe(channel);
  gateway.publish([channel], "notice", { seq: 2 });
  gateway.publish([other.channel.name], "notice", { seq: 3 });
  await expect.poll(() => other.heard).toHaveLength(1);
  expect(heard).toHaveLength(1);
});

test("what the pusher library sends arrives in order, one by one and in batches", async () => {
  const { port, address } = await start();
  const pusher = new Pusher(address);
  const spaceId = newId();
  const heard: unknown[] = [];
  const browser = open(port);
  for (const topic of ["messages", "runs"] as const) {
    const { channel } = await listen(browser, spaceChannel(spaceId, topic));
    channel.bind("notice", (data: unknown) => heard.push(data));
  }
  await pusher.trigger([spaceChannel(spaceId), spaceChannel(newId())], "notice", 1);
  const batch = (from: number) =>
    Array.from({ length: 10 }, (_, i) => ({
      channel: spaceChannel(spaceId, i % 2 ? "runs" : "messages"),
      name: "notice",
      data: from + i,
    }));
  await pusher.triggerBatch(batch(2));
  await pusher.triggerBatch(batch(12));
  await expect.poll(() => heard).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));

  // A socket may be left out: the one that caused the event.
  await pusher.trigger(spaceChannel(spaceId), "notice", "not for you", { socket_id: browser.connection.socket_id });
  await pusher.trigger(spaceChannel(spaceId), "notice", "end");
  await expect.poll(() => heard.at(-1)).toBe("end");
  expect(heard).not.toContain("not for you");
});

test("a channel that the auth door refuses is not heard", async () => {
  const forbiddenSpaceId = newId();
  const { port, gateway } = await start({ forbiddenSpaceId });
  const { heard, refusal } = await listen(open(port), spaceChannel(forbiddenSpaceId));
  expect(refusal).toMatchObject({ type: "AuthError", status: 403 });
  gateway.publish([spaceChannel(forbiddenSpaceId)], "notice", {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toEqual([]);
});

test("a signature counts for its own socket and channel only", async () => {
  const { port, gateway } = await start();
  const [mine, other] = [await openRaw(port), await openRaw(port)];
  const socketIdOf = async (raw: typeof mine) =>
    JSON.parse(String((await raw.next("pusher:connection_established")).data)).socket_id as string;
  const [mySocket, otherSocket] = [await socketIdOf(mine), await socketIdOf(other)];
  const channel = spaceChannel(newId());
  const forged = [
    "",
    CREDENTIALS.key,
    channelSignature(CREDENTIALS, otherSocket, channel),
    channelSignature(CREDENTIALS, mySocket, spaceChannel(newId())),
    channelSignature({ ...CREDENTIALS, secret: "guessed" }, mySocket, channel),
    channelSignature({ ...CREDENTIALS, key: "otherkey" }, mySocket, channel),
    `${channelSignature(CREDENTIALS, mySocket, channel)}0`,
  ];
  for (const auth of forged) {
    mine.say("pusher:subscribe", { channel, auth });
    expect(await mine.next("pusher:subscription_error")).toMatchObject({
      channel,
      data: { type: "AuthError", status: 401 },
    });
  }
  mine.say("pusher:subscribe", { channel });
  await mine.next("pusher:subscription_error");
  gateway.publish([channel], "notice", { seq: 1 });
  // The true one still works on the same connection, and only from then on.
  mine.say("pusher:subscribe", { channel, auth: channelSignature(CREDENTIALS, mySocket, channel) });
  await mine.next("pusher_internal:subscription_succeeded");
  gateway.publish([channel], "notice", { seq: 2 });
  expect(await mine.next("notice")).toEqual({ event: "notice", channel, data: '{"seq":2}' });
  mine.socket.close();
  other.socket.close();
});

test("every channel that is not a private one of a space is refused, even with a signature", async () => {
  const { port } = await start();
  const raw = await openRaw(port);
  const socketId = JSON.parse(String((await raw.next("pusher:connection_established")).data)).socket_id as string;
  const good = spaceChannel("01890a5d-ac96-774b-bcce-b302099a8057");
  const names = [
    "messages",
    "my-channel",
    `presence-${good.slice(8)}`,
    `private-encrypted-${good.slice(8)}`,
    `x-${good}`,
    `${good}x`,
    `${good}\n`,
    good.replace("messages", "everything"),
    good.toUpperCase(),
    "private-space-01890a5d-messages",
    "#server-to-user-1",
    "a".repeat(5_000),
  ];
  for (const channel of names) {
    raw.say("pusher:subscribe", { channel, auth: channelSignature(CREDENTIALS, socketId, channel) });
    expect(await raw.next("pusher:subscription_error")).toMatchObject({ data: { status: 403 } });
  }
  raw.say("pusher:subscribe", { channel: good, auth: channelSignature(CREDENTIALS, socketId, good) });
  await raw.next("pusher_internal:subscription_succeeded");
  raw.say("pusher:subscribe", { channel: good, auth: channelSignature(CREDENTIALS, socketId, good) });
  expect(await raw.next("pusher:error")).toMatchObject({ data: { code: null } });
  raw.socket.close();
});

test("browsers cannot send events to each other", async () => {
  const { port } = await start();
  const channelNamed = spaceChannel(newId());
  const [talker, listener] = [open(port), open(port)];
  const { channel } = await listen(talker, channelNamed);
  const { heard } = await listen(listener, channelNamed);
  const problem = new Promise<unknown>((resolve) => talker.connection.bind("error", resolve));
  channel.trigger("client-hello", { to: "everyone" });
  expect(await problem).toMatchObject({ data: { code: 4301 } });
  expect(talker.connection.state).toBe("connected");
  expect(heard).toEqual([]);
});

test("after a restart browsers come back by themselves and hear again", async () => {
  const first = await start();
  const browser = open(first.port);
  const channel = spaceChannel(newId());
  const { heard } = await listen(browser, channel);
  const states: string[] = [];
  browser.connection.bind("state_change", ({ current }: { current: string }) => states.push(current));
  const subscribedAgain = new Promise((resolve) =>
    browser.channel(channel).bind("pusher:subscription_succeeded", resolve),
  );

  await running.pop()!.stop();
  const second = await start({ port: first.port });
  await subscribedAgain;
  second.gateway.publish([channel], "notice", { seq: 7 });
  await expect.poll(() => heard).toEqual([{ event: "notice", data: { seq: 7 } }]);
  expect(states).not.toContain("failed");
  expect(states.at(-1)).toBe("connected");
});

test("whoever connects while we stop is told to come back in a second", async () => {
  const { port, gateway } = await start();
  const before = await openRaw(port);
  await before.next("pusher:connection_established");
  await gateway.close();
  expect(await before.closed).toBe(4100);
  const late = await openRaw(port);
  expect(await late.next("pusher:error")).toMatchObject({ data: { code: 4100 } });
  expect(await late.closed).toBe(4100);
});

test("a wrong key is refused for good: pusher-js does not try again", async () => {
  const { port, gateway } = await start();
  const browser = open(port, { key: "otherkey" });
  const problem = await new Promise<unknown>((resolve) => browser.connection.bind("error", resolve));
  expect(problem).toMatchObject({ error: { data: { code: 4001 } } });
  await expect.poll(() => browser.connection.state).toBe("disconnected");
  expect(gateway.connectionCount()).toBe(0);
});
