// The one port, with pages that are a plain handler instead of Next.
import { connect } from "node:net";

import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { readText } from "#server/lib/http.ts";
import { createLog, note } from "#server/lib/log.ts";
import { createGateway } from "#server/realtime/index.ts";
import { CREDENTIALS } from "#tests/support/realtime.ts";

import type { Pages } from "./pages.ts";
import { startWebServer, type WebServer } from "./server.ts";

type Options = Parameters<typeof startWebServer>[0];
const running: WebServer[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(given: { webhook?: Options["webhook"]; handle?: Pages["handle"]; port?: number } = {}) {
  const lines: Array<Record<string, unknown>> = [];
  const log = createLog({ level: "info", stream: { write: (line) => void lines.push(JSON.parse(line)) } });
  const gateway = createGateway({ settings: CREDENTIALS, log, allowedOrigins: [] });
  const server = await startWebServer({
    port: given.port ?? 0,
    log,
    gateway,
    isDev: false,
    webhook: given.webhook ?? (async () => new Response(null)),
    pages: {
      handle: given.handle ?? (async (_request, response) => void response.end("a page")),
      upgrade: () => false,
      close: async () => {},
    },
  });
  running.push(server);
  return { server, lines, gateway, base: `http://127.0.0.1:${server.port}` };
}

const post = (base: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${base}/api/telegram/webhook?x=1`, { method: "POST", body, headers });

test("the webhook's handler gets a Request that reads like any other", async () => {
  const { base } = await start({
    webhook: async (request) => {
      const way = request.headers.get("X-Way");
      const told = {
        isRequest: request instanceof Request,
        method: request.method,
        path: new URL(request.url).pathname,
        type: Object.fromEntries(request.headers)["content-type"],
        missing: request.headers.get("x-missing"),
        has: [request.headers.has("x-way"), request.headers.has("x-missing")],
      };
      if (way === "text") return Response.json({ ...told, body: await request.text() });
      if (way === "json") return Response.json({ ...told, body: JSON.stringify(await request.json()) });
      if (way === "direct") return Response.json({ ...told, body: await readText(request, 100) });
      let body = "";
      const decoder = new TextDecoder();
      for await (const chunk of request.body ?? []) body += decoder.decode(chunk, { stream: true });
      return Response.json({ ...told, body });
    },
  });
  for (const way of ["text", "json", "direct", "stream"]) {
    const response = await post(base, '{"name":"Zoë"}', { "x-way": way, "content-type": "application/json" });
    expect(await response.json()).toEqual({
      isRequest: true,
      method: "POST",
      path: "/api/telegram/webhook",
      type: "application/json",
      missing: null,
      has: [true, false],
      body: '{"name":"Zoë"}',
    });
  }
});

test("status, headers and several cookies of an answer arrive as they were given", async () => {
  const { base } = await start({
    webhook: async () => {
      const headers = new Headers({ "x-a": "1" });
      headers.append("set-cookie", "a=1");
      headers.append("set-cookie", "b=2");
      return new Response("no", { status: 418, headers });
    },
  });
  const response = await post(base, "");
  expect([response.status, response.headers.get("x-a"), await response.text()]).toEqual([418, "1", "no"]);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

test("a body over the limit is refused while it is still being sent, and the sender sees the answer", async () => {
  let readBytes = 0;
  const { base } = await start({
    webhook: async (request) => {
      const text = await readText(request, 1_000_000);
      readBytes = text?.length ?? -1;
      return new Response(null, { status: text === null ? 413 : 200 });
    },
  });
  const large = (bytes: number) => new Uint8Array(bytes).fill(120);
  expect((await post(base, large(1_000_000))).status).toBe(200);
  expect(readBytes).toBe(1_000_000);
  expect((await post(base, large(5_000_000))).status).toBe(413);
  expect(readBytes).toBe(-1);
  expect((await post(base, large(10))).status).toBe(200);
});

test("a sender that hangs up in the middle leaves one line that is no error", async () => {
  const { server, lines } = await start({
    webhook: async (request) => new Response(await request.text()),
  });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("POST /api/telegram/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ msg: "http.request", level: "info", outcome: "refused" });
});

test("pages get our word on who calls, and every answer has headers that protect it", async () => {
  let seen: Record<string, unknown> = {};
  const { base } = await start({
    handle: async (request, response) => {
      seen = request.headers;
      response.end("a page");
    },
  });
  const response = await fetch(`${base}/s/harbour/review`, {
    headers: { "x-winnow-client-ip": "6.6.6.6", "x-request-id": "forged", "x-forwarded-for": "6.6.6.6, 203.0.113.7" },
  });
  expect(await response.text()).toBe("a page");
  expect(seen["x-winnow-client-ip"]).toBe("203.0.113.7");
  expect(seen["x-request-id"]).toBe(response.headers.get("x-request-id"));
  expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test("an address that cannot be one is refused before a page is asked", async () => {
  const asked: Array<string | undefined> = [];
  const { server } = await start({
    handle: async ({ url }, response) => void response.end(`a page ${asked.push(url)}`),
  });
  const statusOf = (target: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(server.port, "127.0.0.1");
      socket.once("data", (data) => resolve(data.toString().slice(9, 12))).on("error", () => {});
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
  for (const target of ["/s/%ff/review", "/api/trpc/%ff", "/%", "*", "http://evil.example/s"]) {
    expect([target, await statusOf(target)]).toEqual([target, "400"]);
  }
  expect(await statusOf("/s/%D0%BF/review?q=%ff")).toBe("200");
  expect(asked).toEqual(["/s/%D0%BF/review?q=%ff"]);
});

test("each request is one line, without its query; files are none", async () => {
  const { base, lines } = await start({
    handle: async (request, response) => {
      note({ spaceId: "s1" });
      response.statusCode = request.url?.startsWith("/setup") ? 201 : 200;
      response.end();
    },
  });
  for (const path of ["/setup?token=secret", "/_next/static/a.js", "/icon.svg", "/api/files/a.png"]) {
    await fetch(base + path);
  }
  await expect.poll(() => lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({
    msg: "http.request",
    method: "GET",
    path: "/setup",
    status: 201,
    spaceId: "s1",
    outcome: "ok",
    requestId: expect.any(String),
    durationMs: expect.any(Number),
  });
  expect(lines[1]).toMatchObject({ path: "/api/files/a.png" });
  expect(JSON.stringify(lines)).not.toContain("secret");
});

test("what breaks is told by its number, which the log knows", async () => {
  const { base, lines } = await start({ handle: () => Promise.reject(new Error("a bug with a password in it")) });
  const response = await fetch(`${base}/`);
  const { message } = await response.json();
  expect(response.status).toBe(500);
  expect(message).toBe(`Something went wrong. Its id is ${response.headers.get("x-request-id")}.`);
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: "error",
    outcome: "failed",
    requestId: response.headers.get("x-request-id"),
  });
});

test("sockets of /app/ are the gateway's; any other upgrade is closed with 404", async () => {
  const { server } = await start();
  const open = (path: string) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
      socket.on("message", (data: Buffer) => {
        resolve(data.toString());
        socket.close();
      });
      socket.on("error", (error) => resolve(error.message));
    });
  expect(await open(`/app/${CREDENTIALS.key}?protocol=7`)).toContain("pusher:connection_established");
  for (const path of ["/", "/_next/hmr", "/application", "//", "/?/app/"]) {
    expect(await open(path)).toBe("Unexpected server response: 404");
  }
  const api = await fetch(`http://127.0.0.1:${server.port}/apps/1/events`, { method: "POST" });
  expect(await api.json()).toEqual({ error: "There is no such app" });
});

test("a stop lets requests under way end, sends browsers back in a second, and takes no new ones", async () => {
  const released = Promise.withResolvers<void>();
  const { server, base } = await start({
    handle: async (_request, response) => {
      await released.promise;
      response.end("done");
    },
  });
  const slow = fetch(`${base}/slow`);
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/app/${CREDENTIALS.key}?protocol=7`);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await new Promise((resolve) => socket.once("message", resolve));

  const stopped = server.stop();
  const askedAtMs = performance.now();
  expect(await closed).toBe(4100);
  await expect(fetch(base)).rejects.toThrow();
  released.resolve();
  expect(await (await slow).text()).toBe("done");
  await stopped;
  expect(performance.now() - askedAtMs).toBeLessThan(3_000);
  running.splice(0);
});

test("a taken port is one clear sentence", async () => {
  const { server } = await start();
  await expect(start({ port: server.port })).rejects.toThrow(
    `Port ${server.port} is taken: stop what listens there, or set PORT to another one.`,
  );
});
