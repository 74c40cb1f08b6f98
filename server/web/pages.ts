import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";

import next from "next";

import { AppError } from "#server/lib/errors.ts";

/** The pages and route handlers of `app/`, rendered by Next. */
export type Pages = {
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** @returns false when the upgrade is none of Next's */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  close: () => Promise<void>;
};

/**
 * Starts Next on a project folder.
 * @param port where the server will listen; live reload needs to know
 * @throws AppError `unavailable` when the pages were not built
 */
export async function openPages({ dir, isDev, port }: { dir: string; isDev: boolean; port: number }): Promise<Pages> {
  if (!isDev && !existsSync(join(dir, ".next", "BUILD_ID"))) {
    throw new AppError("unavailable", "The pages are not built yet: run `npm run build` first, or start with --dev.");
  }
  // On its first request Next listens to `upgrade` on the server that it finds, and closes every socket that one of its
  // routes matches: the gateway's too. So it gets a server that only hears of what is its own.
  const upgrades = new EventEmitter();
  const app = next({
    dir,
    dev: isDev,
    hostname: "localhost",
    port,
    httpServer: upgrades as unknown as Server,
    quiet: !isDev,
  });
  await app.prepare();
  return {
    handle: app.getRequestHandler(),
    upgrade: (request, socket, head) =>
      isDev && (request.url ?? "").startsWith("/_next/") && upgrades.emit("upgrade", request, socket, head),
    close: () => app.close(),
  };
}
