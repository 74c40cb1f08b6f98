import { commandCatalogue } from "#server/assistant/index.ts";
import { createAuth } from "#server/auth/index.ts";
import { createKbs } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import { systemClock } from "#server/lib/clock.ts";
import { checkDatabase, closeDb, openDb } from "#server/lib/db.ts";
import { appUrl, type Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { openHome } from "#server/lib/home.ts";
import type { Log } from "#server/lib/log.ts";
import { createLlm } from "#server/llm/index.ts";
import { createReceiver } from "#server/messages/index.ts";
import { createGateway, realtimeSettings, startPublisher } from "#server/realtime/index.ts";
import { botIdOf, createBot, createWebhook, startTelegram, webhookSecret } from "#server/telegram/index.ts";

import { type App, APP_KEY, createApp } from "./app.ts";
import { openPages } from "./pages.ts";
import { startWebServer } from "./server.ts";

/** Requests under way, the log's tail, the bot's poll. */
const MAX_CONNECTIONS = 20;

export type Web = {
  /** Where this process answers, by the name of this machine. */
  url: string;
  stop: () => Promise<void>;
};

/**
 * Starts the web process: pages, API, webhook and sockets on one port.
 * @param dir the project folder, where the pages are
 * @throws AppError with one sentence for a person when it cannot work: no database, a taken port, pages not built
 */
export async function startWeb({
  env,
  log,
  dir,
  isDev,
}: {
  env: Env;
  log: Log;
  dir: string;
  isDev: boolean;
}): Promise<Web> {
  if (!env.DATABASE_URL) {
    throw new AppError(
      "invalid_input",
      "DATABASE_URL is not set: name the Postgres that all processes share, or use `npm start`, which brings one.",
    );
  }
  const now = systemClock;
  const home = openHome(env);
  const realtime = realtimeSettings(env, home.authSecret);
  const cleanups: Array<() => Promise<void>> = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    await checkDatabase(env.DATABASE_URL);
    const db = openDb(env.DATABASE_URL, { max: MAX_CONNECTIONS });
    cleanups.push(() => closeDb(db));

    const auth = createAuth({ db, log, secret: home.authSecret, baseUrl: appUrl(env) });
    const kbs = createKbs({ db, env, log, homeId: home.id, files: noteFiles, mayClone: false });
    cleanups.push(kbs.close);
    const receiver = createReceiver({ db, log, botId: botIdOf(env), now });
    const secret = webhookSecret(env, home.authSecret);
    const gateway =
      realtime.mode === "embedded"
        ? createGateway({ settings: realtime, log, allowedOrigins: auth.trustedOrigins })
        : undefined;
    const publisher = await startPublisher({ db, log, settings: realtime, gateway });
    cleanups.push(publisher.stop);
    const app = createApp({
      db,
      log,
      now,
      auth,
      kbs,
      realtime,
      publisher,
      llm: createLlm({ env, db, log, now, secret: home.authSecret }),
      homeId: home.id,
      webhook: createWebhook({ receiver, secret }),
      bot: createBot(env, { log, now }),
    });
    (globalThis as { [APP_KEY]?: App })[APP_KEY] = app;

    const pages = await openPages({ dir, isDev, port: env.PORT });
    cleanups.push(pages.close);
    const server = await startWebServer({ port: env.PORT, log, webhook: app.webhook, gateway, pages, isDev });
    cleanups.push(server.stop);
    const telegram = startTelegram({ env, db, log, receiver, secret, commands: commandCatalogue() });
    cleanups.push(telegram.stop);
    return { url: `http://localhost:${server.port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
