import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { onTestFinished } from "vitest";

/** Where git keeps its own server, which speaks CGI. */
const BACKEND = join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-http-backend");

/**
 * A git server that asks for a user name and a token, over the bare repositories in a folder; gone after the test.
 * @param beforeAnswer runs for each request that may come in, e.g. to look around while git is waiting
 */
export async function startGitServer(given: {
  root: string;
  username: string;
  token: string;
  beforeAnswer?: () => Promise<void>;
}): Promise<{ url: string; refused: () => number; stop: () => Promise<void> }> {
  const expected = `Basic ${Buffer.from(`${given.username}:${given.token}`).toString("base64")}`;
  let refused = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization !== expected) {
      refused += 1;
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("no");
      return;
    }
    await given.beforeAnswer?.();
    serve(given.root, request, response);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refused: () => refused, stop };
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
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
  let head = Buffer.alloc(0);
  let isHeadDone = false;
  cgi.stdout.on("data", (chunk: Buffer) => {
    if (isHeadDone) return response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return false;
    isHeadDone = true;
    for (const line of head.toString("latin1", 0, end).split("\r\n")) {
      const [name = "", value = ""] = line.split(/: (.*)/);
      if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    return response.write(head.subarray(end + 4));
  });
  cgi.on("close", () => response.end());
}
