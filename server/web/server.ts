import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import { CLIENT_ADDRESS_HEADER } from "#server/auth/index.ts";
import { WANTED_PATH_HEADER } from "#server/auth/schema.ts";
import { AppError } from "#server/lib/errors.ts";
import { clientAddress, targetOf } from "#server/lib/http.ts";
import { type Log, note, unit } from "#server/lib/log.ts";
import type { Gateway } from "#server/realtime/index.ts";

import { brokenAnswer, REQUEST_ID_HEADER } from "./answers.ts";
import type { Pages } from "./pages.ts";
import { serve } from "./request.ts";
import { securityHeaders } from "./security.ts";

const WEBHOOK_PATH = "/api/telegram/webhook";
/** Longer than the proxies in front keep a connection, so that it is never us who closes it under a request. */
const KEEP_ALIVE_MS = 65_000;
/** How long requests under way may take to end after a stop was asked for. */
const STOP_GRACE_MS = 5_000;

export type WebServer = {
  port: number;
  /** Takes no new connections, tells browsers to come back (4100), lets requests under way end. */
  stop: () => Promise<void>;
};

/**
 * Opens the one port: hot doors first (the webhook, Pusher's HTTP API and sockets), everything else to the pages.
 * @param gateway none when browsers listen to another Pusher server
 * @param port 0 for any free one
 * @throws AppError `unavailable` when the port is taken
 */
export async function startWebServer(options: {
  port: number;
  log: Log;
  webhook: (request: Request) => Promise<Response>;
  gateway: Gateway | undefined;
  pages: Pages;
  isDev: boolean;
}): Promise<WebServer> {
  const { log, webhook, gateway, pages } = options;
  const headers = securityHeaders({ isDev: options.isDev });
  const pageSockets = new Set<Duplex>();
  let isStopping = false;

  const handlePage = async (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    // Next takes such an address for a failure of its own.
    if (!isAddress(targetOf(request).path)) return badAddress(response);
    // For the rate limits of sign-in; whatever a caller put there itself is gone.
    request.headers[CLIENT_ADDRESS_HEADER] = clientAddress(request);
    // Next does not tell a page the address that it was asked by.
    request.headers[WANTED_PATH_HEADER] = request.url;
    await pages.handle(request, response);
  };

  /** Updates come by the thousand, and each leaves a row and a job: only one that is not taken gets a line of its own here. */
  const handleUpdate = async (request: IncomingMessage, response: ServerResponse, facts: Record<string, unknown>) => {
    try {
      await serve(webhook, request, response);
    } catch (error) {
      await unit(log, "http.request", facts, async () => {
        throw error;
      });
    }
    const { statusCode: status } = response;
    if (status !== 200) await unit(log, "http.request", { ...facts, status }, () => Promise.resolve());
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (!gateway?.handleHttp(request, response)) await handlePage(request, response);
    if (!response.writableFinished && !response.destroyed) await untilClosed(response);
    note({ status: response.statusCode });
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const { path } = targetOf(request);
    const requestId = randomUUID();
    request.headers[REQUEST_ID_HEADER] = requestId;
    response.setHeader(REQUEST_ID_HEADER, requestId);
    if (isStopping) response.setHeader("connection", "close");
    const facts = { requestId, method: request.method, path };
    const work = () => {
      if (path === WEBHOOK_PATH && request.method === "POST") return handleUpdate(request, response, facts);
      if (isAsset(path)) return handle(request, response);
      return unit(log, "http.request", facts, () => handle(request, response));
    };
    const done = work();
    // `unit` has logged it; what is left is to answer.
    const answered = done.catch(() => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify(brokenAnswer(requestId)));
    });
    // It began before the stop, so its connection was promised to live on.
    void answered.then(() => isStopping && server.closeIdleConnections());
  });

  server.on("upgrade", (request, socket, head) => {
    if (gateway?.handleUpgrade(request, socket, head)) return;
    socket.on("error", () => {});
    if (pages.upgrade(request, socket, head)) {
      pageSockets.add(socket);
      socket.once("close", () => pageSockets.delete(socket));
      return;
    }
    // Next would leave it open for ever.
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(options.port, error)));
    server.listen(options.port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      isStopping = true;
      // The listener first: a browser that is told to come back must not come back here.
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of pageSockets) socket.destroy();
      const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
      await gateway?.close();
      await closed;
      clearTimeout(timer);
    },
  };
}

function untilClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once("close", resolve));
}

/** Whether it can be the path of a page: not `*`, nor a broken escape such as `%ff`. */
function isAddress(path: string): boolean {
  try {
    return path.startsWith("/") && decodeURIComponent(path) !== "";
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

function badAddress(response: ServerResponse): void {
  const body = {
    code: "invalid_input",
    message: "There is nothing at this address: it is not written as addresses are.",
  };
  response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Files that never change and that nobody looks for in a log. */
function isAsset(path: string): boolean {
  return path.startsWith("/_next/") || (!path.startsWith("/api/") && /\.[a-z0-9]{2,5}$/.test(path));
}

function cannotListen(port: number, error: Error): Error {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new AppError("unavailable", `Port ${port} is taken: stop what listens there, or set PORT to another one.`);
  }
  if (code === "EACCES") {
    return new AppError("unavailable", `Port ${port} may not be used by this user: set PORT to one above 1023.`);
  }
  return error;
}
