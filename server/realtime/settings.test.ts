import PusherJs from "pusher-js";
import { expect, test } from "vitest";

import { readEnv } from "#server/lib/env.ts";
import { newId } from "#server/lib/ids.ts";
import { spaceChannel } from "#tests/support/realtime.ts";

import { authorizeChannel } from "./authorize.ts";
import { parseChannel, pusherOptions } from "./schema.ts";
import { clientRealtimeOptions, realtimeSettings } from "./settings.ts";

const PUSHER = { PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s" };
const page = (href: string) => new URL(href);

test("every process with the same secret derives the same credentials, and none of them gives the secret away", () => {
  const [a, b, other] = ["one", "one", "two"].map((secret) => realtimeSettings(readEnv({}), secret));
  expect(a).toEqual(b);
  expect(a!.mode).toBe("embedded");
  expect(a!.appId).toMatch(/^\d+$/);
  expect(new Set([a!.key, a!.secret, other!.key, other!.secret]).size).toBe(4);
  expect(JSON.stringify(clientRealtimeOptions(a!))).not.toContain(a!.secret);
});

test("another Pusher server needs its credentials", () => {
  for (const env of [
    { PUSHER_HOST: "push.example" },
    { PUSHER_CLUSTER: "eu" },
    { ...PUSHER, PUSHER_HOST: "h", PUSHER_SECRET: "" },
  ]) {
    expect(() => realtimeSettings(readEnv(env), "x")).toThrow(/PUSHER_APP_ID, PUSHER_KEY and PUSHER_SECRET/);
  }
  // Credentials alone name no server.
  expect(realtimeSettings(readEnv(PUSHER), "x").mode).toBe("embedded");
});

test("a browser connects to the page's own server, to a host, or to hosted Pusher", () => {
  const urlFor = (env: Record<string, string>, href: string) => {
    const client = clientRealtimeOptions(realtimeSettings(readEnv(env), "x"));
    const browser = new PusherJs(client.key, pusherOptions(client, page(href)));
    browser.disconnect();
    const { wsHost, wsPort, wssPort, useTLS } = browser.config;
    return `${useTLS ? "wss" : "ws"}://${wsHost}:${useTLS ? wssPort : wsPort}`;
  };
  expect(urlFor({}, "http://localhost:3000/")).toBe("ws://localhost:3000");
  expect(urlFor({}, "http://winnow.lan/")).toBe("ws://winnow.lan:80");
  expect(urlFor({}, "https://winnow.example.org/")).toBe("wss://winnow.example.org:443");
  expect(urlFor({ ...PUSHER, PUSHER_CLUSTER: "eu" }, "http://localhost:3000/")).toBe("wss://ws-eu.pusher.com:443");
  expect(urlFor({ ...PUSHER, PUSHER_HOST: "push.example" }, "http://localhost:3000/")).toBe("wss://push.example:443");
  expect(
    urlFor(
      { ...PUSHER, PUSHER_HOST: "push.example", PUSHER_PORT: "6001", PUSHER_USE_TLS: "false" },
      "http://localhost:3000/",
    ),
  ).toBe("ws://push.example:6001");
});

test("a channel is signed for a member of its space, and refused in one way for everything else", async () => {
  const [mine, foreign] = [newId(), newId()];
  const settings = { key: "k", secret: "s" };
  const ask = (channel_name: unknown, socket_id: unknown = "1.2") =>
    authorizeChannel(settings, { channel_name, socket_id }, async (spaceId) => spaceId === mine);
  expect((await ask(spaceChannel(mine, "runs"))).auth).toMatch(/^k:[0-9a-f]{64}$/);
  for (const channel of [
    spaceChannel(foreign),
    spaceChannel(mine).replace("private-", ""),
    `${spaceChannel(mine)}:x`,
    "",
  ]) {
    await expect(ask(channel)).rejects.toMatchObject({ code: "forbidden" });
  }
  // A colon in the socket id could make the signature say something else.
  for (const socketId of ["1.2:private", "1", "", "1.2\n", null, 1.2]) {
    await expect(ask(spaceChannel(mine), socketId)).rejects.toMatchObject({ code: "invalid_input" });
  }
  expect(parseChannel(spaceChannel(mine, "kb"))).toEqual({ spaceId: mine, topic: "kb" });
});
