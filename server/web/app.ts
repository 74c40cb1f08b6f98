import { type Auth, isSetUp, membershipOf } from "#server/auth/index.ts";
import type { Viewer } from "#server/auth/schema.ts";
import { answerHealth, createHealthCheck } from "#server/health/index.ts";
import type { Bot } from "#server/channels/index.ts";
import type { Kbs } from "#server/kb/index.ts";
import { mediaAnswer } from "#server/knowledge/index.ts";
import type { Clock } from "#server/lib/clock.ts";
import type { Db } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { readText } from "#server/lib/http.ts";
import type { Log } from "#server/lib/log.ts";
import type { Llm } from "#server/llm/index.ts";
import { authorizeChannel, type Publisher, type RealtimeSettings } from "#server/realtime/index.ts";
import { createTrpcHandler } from "#server/trpc/index.ts";

import { answering } from "./answers.ts";

type Door = (request: Request) => Promise<Response>;

/**
 * What `app/` may do. The server puts one of these on `globalThis` under `APP_KEY`, so that its code is loaded once and
 * never bundled into the pages.
 */
export type App = {
  trpc: Door;
  auth: Door;
  webhook: Door;
  realtimeAuth: Door;
  /** Files of the knowledge base, for members of its space. */
  media: Door;
  health: Door;
  /** Who sends these headers. */
  viewer: (headers: Headers) => Promise<Viewer | null>;
  /** Whether someone has set Winnow up. */
  isSetUp: () => Promise<boolean>;
};

export const APP_KEY = Symbol.for("winnow.app");

/** A space, and the path of a file as notes have it. */
const MEDIA_PATH = /^\/api\/media\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\/(media\/.+)$/;
/** A socket's id and a channel's name take far less. */
const MAX_CHANNEL_BYTES = 4096;

/** Puts the modules together to what the pages and doors need. Nothing is started by it. */
export function createApp(parts: {
  db: Db;
  log: Log;
  now: Clock;
  auth: Auth;
  llm: Llm;
  kbs: Kbs;
  homeId: string;
  realtime: RealtimeSettings;
  publisher: Pick<Publisher, "check">;
  webhook: Door;
  bot: Bot;
}): App {
  const { db, log, now, auth, llm, kbs, homeId, realtime, publisher, webhook, bot } = parts;
  const checkHealth = createHealthCheck({ db, log, kbs, homeId, realtime: publisher });

  const { viewerOf, trustedOrigins } = auth;

  return {
    trpc: createTrpcHandler({ db, log, now, llm, kbs, realtime, bot, viewerOf, trustedOrigins }),
    auth: answering(log, auth.handler),
    webhook: answering(log, webhook),
    realtimeAuth: answering(log, async (request) => {
      const user = await viewerOf(request.headers);
      if (!user) throw new AppError("unauthenticated", "You are not signed in. Sign in, then try again.");
      const body = await readText(request, MAX_CHANNEL_BYTES);
      if (body === null) throw new AppError("invalid_input", "This is more than the name of a channel.");
      const wish = Object.fromEntries(new URLSearchParams(body));
      // Any role lets one hear.
      const mayHear = async (spaceId: string) => (await membershipOf(db, { userId: user.userId, spaceId })) !== null;
      return Response.json(await authorizeChannel(realtime, wish, mayHear));
    }),
    media: answering(log, async (request) => {
      const user = await viewerOf(request.headers);
      if (!user) throw new AppError("unauthenticated", "You are not signed in. Sign in, then try again.");
      const [, spaceId = "", path = ""] = MEDIA_PATH.exec(new URL(request.url).pathname) ?? [];
      // Any role lets one see.
      const isMember = spaceId !== "" && (await membershipOf(db, { userId: user.userId, spaceId })) !== null;
      if (!isMember) throw new AppError("not_found", "There is no such file, or you are not a member of its space.");
      return mediaAnswer({ kbs }, { spaceId, path });
    }),
    health: answering(log, () => answerHealth(checkHealth)),
    viewer: viewerOf,
    isSetUp: () => isSetUp(db),
  };
}
