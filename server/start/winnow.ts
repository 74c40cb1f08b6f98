import { once } from "node:events";
import { watch } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { ensureFirstAdminToken } from "#server/auth/index.ts";
import { closeDb, type Db, hasTables, openDb } from "#server/lib/db.ts";
import { appUrl, type Env } from "#server/lib/env.ts";
import { AppError } from "#server/lib/errors.ts";
import { type Home, openHome } from "#server/lib/home.ts";
import { createLog, type Log } from "#server/lib/log.ts";

import { migrate } from "../../prisma/migrate.ts";

import { build, isBuilt, ROOT } from "./build.ts";
import { type Child, startChild } from "./children.ts";
import { lockDataDir } from "./data-lock.ts";
import { type EmbeddedPostgres, startPostgres } from "./postgres.ts";

/** Everything of Winnow on one machine. */
export type Winnow = {
  url: string;
  home: Home;
  db: Db;
  isEmbedded: boolean;
  /** The address where the first admin signs up; null when there is a user. */
  setUpUrl: string | null;
  /** No new work, what runs is finished or given back, then the database. */
  stop: () => Promise<void>;
  /** The same at once: what is not finished is given back by the next start. */
  kill: () => void;
};

/** A port that a process is just about to leave is free in a moment. */
const PORT_ATTEMPTS = 8;
const PORT_PAUSE_MS = 250;

/**
 * Starts all of Winnow: the data folder, Postgres unless DATABASE_URL names one, the tables, one web process and one worker.
 * @param env what it is to run with; `source` is handed on to the processes, with what was found out here added
 * @param say tells the person in front of it what takes a while
 * @param prepare done with the data folder claimed and nothing started yet
 * @throws AppError with one sentence for a person when it cannot work; nothing is left running then
 */
export async function startWinnow(options: {
  env: Env;
  source: Record<string, string | undefined>;
  isDev: boolean;
  say: (line: string) => void;
  prepare?: () => Promise<void>;
}): Promise<Winnow> {
  const { env, source, isDev, say, prepare } = options;
  const log = createLog({ level: env.LOG_LEVEL });
  const children: Child[] = [];
  const cleanups: Array<() => Promise<void> | void> = [];
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()));
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };

  try {
    const lock = lockDataDir(env.DATA_DIR);
    cleanups.push(lock.release);
    await prepare?.();
    const home = openHome(env);
    await checkPort(env.PORT);
    if (!isDev && !isBuilt()) {
      say("Building the pages: needed once after each change of the code, takes some seconds…");
      await build();
    }

    let databaseUrl = env.DATABASE_URL;
    if (!databaseUrl) {
      const postgres = await keepPostgres(join(env.DATA_DIR, "postgres"), log);
      cleanups.push(postgres.stop);
      databaseUrl = postgres.url;
    }
    // Says in words when it does not answer.
    await hasTables(databaseUrl);
    await migrate(databaseUrl);
    const db = openDb(databaseUrl, { max: 2 });
    cleanups.push(() => closeDb(db));
    const token = await ensureFirstAdminToken(db);

    const forChildren = {
      ...source,
      DATABASE_URL: databaseUrl,
      DATA_DIR: env.DATA_DIR,
      AUTH_SECRET: home.authSecret,
      PORT: String(env.PORT),
    };
    const start = (name: string, args: string[] = []) =>
      startChild({ name, file: join(ROOT, "server", name, "index.ts"), args, env: forChildren, log });
    children.push(start("web", isDev ? ["--dev"] : []), start("worker"));
    await Promise.all(children.map((child) => child.ready));
    if (isDev) cleanups.push(restartOnChange(children, say));

    const url = appUrl(env);
    return {
      url,
      home,
      db,
      isEmbedded: !env.DATABASE_URL,
      setUpUrl: token && `${url}/setup?token=${token}`,
      stop,
      kill: () => children.forEach((child) => child.kill()),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Keeps the embedded server up: one that was killed is started again at the same address. */
async function keepPostgres(dir: string, log: Log): Promise<{ url: string; stop: () => Promise<void> }> {
  let server: EmbeddedPostgres = await startPostgres({ dir, database: "winnow" });
  const { url, port } = server;
  let isStopping = false;
  const watching = (async () => {
    for (;;) {
      await server.ended;
      if (isStopping) return;
      log.error("start.postgres ended and is started again");
      try {
        server = await startPostgres({ dir, database: "winnow", port });
      } catch (error) {
        log.error({ error }, "start.postgres could not be started again; trying once more");
        await pause(1_000);
      }
    }
  })();
  return {
    url,
    stop: async () => {
      isStopping = true;
      await server.stop();
      await watching;
    },
  };
}

async function checkPort(port: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const probe = createServer().listen(port);
    try {
      await once(probe, "listening");
      probe.close();
      await once(probe, "close");
      return;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      // What else may be wrong with it, the web process says in its own words.
      if (code !== "EADDRINUSE") return;
      if (attempt === PORT_ATTEMPTS) {
        throw new AppError(
          "unavailable",
          `Port ${port} is taken: stop what listens there, or set PORT to another one.`,
        );
      }
      await pause(PORT_PAUSE_MS);
    }
  }
}

/** For `npm run dev`: server code that changes is loaded by new processes. The pages reload themselves. */
function restartOnChange(children: Child[], say: (line: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(join(ROOT, "server"), { recursive: true }, (_event, file) => {
    if (!file?.endsWith(".ts") || file.includes(".test.")) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      say(`server/${file} changed: starting again.`);
      for (const child of children) child.restart();
    }, 200);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
