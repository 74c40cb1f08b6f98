import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { onTestFinished } from "vitest";

/** Where git keeps its own server, which speaks CGI. */
const BACKEND = join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-http-backend");

const PIECE_BYTES = 8 * 1024;

/**
 * A git server that asks for a user name and a token, over the bare repositories in a folder; gone after the test.
 * @param beforeAnswer runs for each request that may come in, e.g. to look around while git is waiting
 * @param bytesPerSecond how fast it sends, when that matters
 * @param redirect where a request is sent on to, if anywhere
 * @param refusal what is answered instead of anything else, while it says so: a status
 */
export async function startGitServer(given: {
  root: string;
  username: string;
  token: string;
  beforeAnswer?: (request: { path: string }) => Promise<void>;
  bytesPerSecond?: number;
  refusal?: () => number | null;
  redirect?: (path: string) => string | null;
}): Promise<{ url: string; refused: () => number; asked: () => number; stop: () => Promise<void> }> {
  const expected = `Basic ${Buffer.from(`${given.username}:${given.token}`).toString("base64")}`;
  let refused = 0;
  let asked = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    asked += 1;
    if (request.headers.authorization !== expected) {
      refused += 1;
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("no");
      return;
    }
    await given.beforeAnswer?.({ path: request.url ?? "/" });
    const status = given.refusal?.() ?? null;
    if (status !== null) {
      response.writeHead(status).end("no");
      return;
    }
    const location = given.redirect?.(request.url ?? "/") ?? null;
    if (location !== null) {
      response.writeHead(302, { location }).end();
      return;
    }
    serve(given.root, request, response, given.bytesPerSecond);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
    asked: () => asked,
    stop,
  };
}

function serve(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  bytesPerSecond = Number.POSITIVE_INFINITY,
): void {
  const { pathname, search } = new URL(request.url ?? "/", "http://x");
  const cgi = spawn(BACKEND, [], {
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      REMOTE_USER: "someone",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  request.pipe(cgi.stdin);
  let sending = Promise.resolve();
  const send = (chunk: Buffer) => {
    if (bytesPerSecond === Number.POSITIVE_INFINITY) return void response.write(chunk);
    sending = sending.then(() => sendSlowly(response, chunk, bytesPerSecond));
  };
  let head = Buffer.alloc(0);
  let isHeadDone = false;
  cgi.stdout.on("data", (chunk: Buffer) => {
    if (isHeadDone) return send(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    isHeadDone = true;
    for (const line of head.toString("latin1", 0, end).split("\r\n")) {
      const [name = "", value = ""] = line.split(/: (.*)/);
      if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    send(head.subarray(end + 4));
  });
  cgi.on("close", () => void sending.then(() => response.end()));
}

/** A little at a time, as from far away. */
async function sendSlowly(response: ServerResponse, chunk: Buffer, bytesPerSecond: number): Promise<void> {
  for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
    response.write(chunk.subarray(at, at + PIECE_BYTES));
    await pause((PIECE_BYTES / bytesPerSecond) * 1000);
  }
}
