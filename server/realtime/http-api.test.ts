// The HTTP API as unmodified `pusher` calls it, and as someone without the secret would.
import { createHash, createHmac } from "node:crypto";

import Pusher from "pusher";
import type PusherJs from "pusher-js";
import { afterEach, beforeEach, expect, test } from "vitest";

import { newId } from "#server/lib/ids.ts";
import {
  CREDENTIALS,
  listen,
  openBrowser,
  type PusherServer,
  spaceChannel,
  startPusherServer,
} from "#tests/support/realtime.ts";

let server: PusherServer;
let pusher: Pusher;
let browser: PusherJs | undefined;

beforeEach(async () => {
  server = await startPusherServer();
  pusher = new Pusher(server.address);
});

afterEach(async () => {
  browser?.disconnect();
  browser = undefined;
  await server.stop();
});

const refused = (status: number, words: string) => ({ status, body: expect.stringContaining(words) });

/** Signs as the Pusher reference says, with whatever a test wants different. */
async function call(
  change: { params?: Record<string, string>; sentBody?: string; secret?: string; path?: string } = {},
) {
  const path = change.path ?? `/apps/${CREDENTIALS.appId}/events`;
  const body = JSON.stringify({ name: "notice", channel: spaceChannel(newId()), data: "{}" });
  const query = Object.entries({
    auth_key: CREDENTIALS.key,
    auth_timestamp: String(Math.floor(Date.now() / 1000)),
    auth_version: "1.0",
    body_md5: createHash("md5").update(body).digest("hex"),
    ...change.params,
  })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const signature = createHmac("sha256", change.secret ?? CREDENTIALS.secret)
    .update(`POST\n${path}\n${query}`)
    .digest("hex");
  const response = await fetch(`http://127.0.0.1:${server.port}${path}?${query}&auth_signature=${signature}`, {
    method: "POST",
    body: change.sentBody ?? body,
  });
  return response.status;
}

test("a request passes only with the right key, version, time, body and signature", async () => {
  const secondsAgo = (s: number) => ({ auth_timestamp: String(Math.floor(Date.now() / 1000) - s) });
  expect(await call()).toBe(200);
  expect(await call({ params: secondsAgo(590) })).toBe(200);
  expect(await call({ params: secondsAgo(610) })).toBe(401);
  expect(await call({ params: secondsAgo(-610) })).toBe(401);
  expect(await call({ params: { auth_timestamp: "soon" } })).toBe(401);
  expect(await call({ params: { auth_version: "2.0" } })).toBe(401);
  expect(await call({ params: { auth_key: "otherkey" } })).toBe(401);
  expect(await call({ params: { body_md5: "0".repeat(32) } })).toBe(401);
  expect(await call({ sentBody: "{}" })).toBe(401);
  expect(await call({ secret: "guessed" })).toBe(401);
  expect(await call({ path: "/apps/1/events" })).toBe(404);
  expect(await call({ path: `/apps/${CREDENTIALS.appId}/secrets` })).toBe(404);
});

test("limits are those of hosted Pusher", async () => {
  const channel = spaceChannel(newId());
  await pusher.trigger(channel, "notice", "x".repeat(10_240));
  await expect(pusher.trigger(channel, "notice", "x".repeat(10_241))).rejects.toMatchObject(refused(413, "10240"));
  await expect(pusher.trigger(channel, "notice", "x".repeat(300_000))).rejects.toMatchObject(refused(413, "262144"));
  const batch = (size: number) => Array.from({ length: size }, () => ({ channel, name: "notice", data: {} }));
  await pusher.triggerBatch(batch(10));
  await expect(pusher.triggerBatch(batch(11))).rejects.toMatchObject(refused(400, "A batch may have 10 events"));
  await expect(pusher.trigger("my-channel", "notice", {})).rejects.toMatchObject(refused(400, "private-space-"));
});

test("which channels are heard can be asked for", async () => {
  const channel = spaceChannel(newId());
  browser = openBrowser(server.port);
  await listen(browser, channel);
  const ask = async (path: string, params: Record<string, string> = {}) => (await pusher.get({ path, params })).json();
  expect(await ask("/channels")).toEqual({ channels: { [channel]: {} } });
  expect(await ask("/channels", { filter_by_prefix: "presence-" })).toEqual({ channels: {} });
  expect(await ask(`/channels/${channel}`)).toEqual({ occupied: true, subscription_count: 1 });
  expect(await ask(`/channels/${spaceChannel(newId())}`)).toEqual({ occupied: false, subscription_count: 0 });
  await expect(pusher.get({ path: "/channels", params: { info: "user_count" } })).rejects.toMatchObject({
    status: 400,
  });
  await expect(pusher.get({ path: `/channels/${channel}/users` })).rejects.toMatchObject({ status: 404 });
});
