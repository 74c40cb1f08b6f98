import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import PusherJs from "pusher-js";
import { WebSocket } from "ws";

import { channelName, type EventNotice, type EventTopic } from "#server/events/schema.ts";
import { createLog } from "#server/lib/log.ts";
import { authorizeChannel, createGateway, type Gateway, type RealtimeSettings } from "#server/realtime/index.ts";
import { NOTICE_EVENT } from "#server/realtime/schema.ts";

export const CREDENTIALS = { appId: "4711", key: "testkey", secret: "testsecret" };

export type PusherServer = {
  port: number;
  gateway: Gateway;
  /** The options of `new Pusher(…)` of the server library, or of our own external mode. */
  address: { appId: string; key: string; secret: string; host: string; port: string; useTLS: false };
  /** As the product stops: no new connections, then 4100 for those that are there. */
  stop: () => Promise<void>;
};

/**
 * The gateway on a server of its own, with an auth door that lets everyone hear every space but the forbidden one.
 * @param port 0 for a free one
 */
export async function startPusherServer(
  options: Partial<Parameters<typeof createGateway>[0]> & { port?: number; forbiddenSpaceId?: string } = {},
): Promise<PusherServer> {
  const { port: wantedPort = 0, forbiddenSpaceId, ...given } = options;
  const log = createLog({ level: "silent" });
  const gateway = createGateway({ settings: CREDENTIALS, log, allowedOrigins: [], ...given });
  const server = createServer((request, response) => {
    if (gateway.handleHttp(request, response)) return;
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const mayHear = async (spaceId: string) => spaceId !== forbiddenSpaceId;
      authorizeChannel(CREDENTIALS, Object.fromEntries(new URLSearchParams(body)), mayHear).then(
        (auth) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(auth)),
        () => response.writeHead(403).end(),
      );
    });
  });
  server.on("upgrade", (request, socket, head) => {
    if (!gateway.handleUpgrade(request, socket, head)) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(wantedPort, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    gateway,
    address: { ...CREDENTIALS, host: "127.0.0.1", port: String(port), useTLS: false },
    stop: () => stop(server, gateway),
  };
}

/** An unmodified pusher-js, connected as the browser code connects. Disconnect it when done. */
export function openBrowser(port: number, options: { key?: string } = {}) {
  return new PusherJs(options.key ?? CREDENTIALS.key, {
    cluster: "local",
    wsHost: "127.0.0.1",
    wsPort: port,
    forceTLS: false,
    enabledTransports: ["ws"],
    channelAuthorization: { endpoint: `http://127.0.0.1:${port}/auth`, transport: "ajax" },
  });
}

type Heard = { event: string; data: unknown };

/** Subscribes and collects; resolves when the server said yes or no. */
export async function listen(browser: PusherJs, channelNamed: string) {
  const heard: Heard[] = [];
  const channel = browser.subscribe(channelNamed);
  channel.bind_global((event: string, data: unknown) => {
    if (!event.startsWith("pusher:")) heard.push({ event, data });
  });
  const refusal = await new Promise<unknown>((resolve) => {
    channel.bind("pusher:subscription_succeeded", () => resolve(null));
    channel.bind("pusher:subscription_error", (problem: unknown) => resolve(problem));
  });
  return { channel, heard, refusal };
}

/** The numbers of the notices that a browser hears of one topic of a space. */
export async function hearNumbers(port: number, spaceId: string): Promise<{ heard: number[]; close: () => void }> {
  const browser = openBrowser(port);
  const { channel } = await listen(browser, spaceChannel(spaceId));
  const heard: number[] = [];
  channel.bind(NOTICE_EVENT, ({ seq }: EventNotice) => heard.push(seq));
  return { heard, close: () => browser.disconnect() };
}

/** For a publisher that announces to a gateway as to another Pusher server. */
export const externalSettings = (port: number): RealtimeSettings => ({
  mode: "external",
  ...CREDENTIALS,
  cluster: null,
  host: "127.0.0.1",
  port,
  useTls: false,
});

/** A client that speaks frames by hand, to be as rude as a test wants. */
export async function openRaw(port: number, options: { path?: string; headers?: Record<string, string> } = {}) {
  const path = options.path ?? `/app/${CREDENTIALS.key}?protocol=7&client=raw&version=1`;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: options.headers ?? {} });
  const frames: Array<{ event: string; channel?: string; data: unknown }> = [];
  socket.on("message", (data: Buffer) => frames.push(JSON.parse(data.toString())));
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  socket.on("error", () => {});
  const next = async (event: string) => {
    for (let tries = 0; tries < 500; tries += 1) {
      const at = frames.findIndex((frame) => frame.event === event);
      if (at !== -1) return frames.splice(at, 1)[0]!;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`No ${event} came; there are ${JSON.stringify(frames)}`);
  };
  const say = (event: string, data: unknown) => socket.send(JSON.stringify({ event, data }));
  return { socket, frames, closed, next, say };
}

export const spaceChannel = (spaceId: string, topic: EventTopic = "messages") => channelName(spaceId, topic);

async function stop(server: Server, gateway: Gateway) {
  const closed = new Promise((resolve) => server.close(resolve));
  await gateway.close();
  server.closeAllConnections();
  await closed;
}
