import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build, isBuilt, ROOT } from "#server/start/build.ts";
import { startPostgres } from "#server/start/postgres.ts";

import { migrate } from "../../prisma/migrate.ts";

const READY_LIMIT_MS = 110_000;
/** Shared by all processes that a test starts, so that it can sign as they do. */
export const AUTH_SECRET = "a-secret-for-tests-of-processes";

/** A program of ours as a real process. */
export type Program = {
  pid: number;
  /** Where it answers, for those that do. */
  url: string;
  /** All that it has printed. */
  output: () => string;
  /** As a person stops it. @returns its exit code */
  stop: () => Promise<number | null>;
  /** As a power cut stops it. */
  kill9: () => Promise<void>;
};

/** Starts a process entry (`server/web/index.ts`) of a project and waits until it says that it works. */
export async function startProgram(
  file: string,
  env: Record<string, string>,
  { project = ROOT, args = [] }: { project?: string; args?: string[] } = {},
): Promise<Program> {
  const child = spawn(process.execPath, [join(project, file), ...args], {
    cwd: project,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      LOG_LEVEL: "warn",
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    // With a channel it goes when we go.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const url = await readyUrl(child, ended, () => output).catch((error: Error) => {
    child.kill("SIGTERM");
    throw error;
  });
  return {
    pid: child.pid!,
    url,
    output: () => output,
    stop: async () => {
      child.kill("SIGTERM");
      return ended;
    },
    kill9: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A durable Postgres with our tables, and a data folder: what web and worker processes share. Gone with `stop`. */
export async function startGround(env: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), "winnow-processes-"));
  if (!isBuilt()) await build();
  const postgres = await startPostgres({ dir: join(dir, "postgres"), database: "winnow" });
  await migrate(postgres.url);
  const shared = {
    DATABASE_URL: postgres.url,
    DATA_DIR: join(dir, "data"),
    AUTH_SECRET,
    ...env,
  };
  const programs: Program[] = [];
  const start = async (file: string, more: Record<string, string> = {}) => {
    const program = await startProgram(file, { ...shared, ...more });
    programs.push(program);
    return program;
  };
  return {
    databaseUrl: postgres.url,
    dataDir: shared.DATA_DIR,
    startWeb: async () => start("server/web/index.ts", { PORT: String(await freePort()) }),
    startWorker: () => start("server/worker/index.ts"),
    stop: async () => {
      await Promise.all(programs.map((program) => program.kill9()));
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** All of Winnow as `npm start` runs it, with its embedded Postgres, in a data folder that goes with `stop`. */
export async function startWinnow(env: Record<string, string> = {}, project = ROOT) {
  const parent = mkdtempSync(join(tmpdir(), "winnow-all-"));
  const dataDir = env["DATA_DIR"] ?? join(parent, "data");
  const port = env["PORT"] ?? String(await freePort());
  if (!isBuilt()) await build();
  const given = { DATA_DIR: dataDir, AUTH_SECRET, PORT: port, ...env };
  const program = await startProgram("server/start/index.ts", given, { project });
  const postmaster = () => readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n");
  return {
    ...program,
    url: `http://localhost:${port}`,
    dataDir,
    postgresPid: () => Number(postmaster()[0]),
    databaseUrl: () => {
      const password = readFileSync(join(dataDir, "postgres-password"), "utf8").trim();
      return `postgresql://winnow:${password}@127.0.0.1:${postmaster()[3]}/winnow`;
    },
    /** As a person ends it; the data stays for the next start. @returns its exit code */
    end: program.stop,
    stop: async () => {
      await program.stop();
      rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function readyUrl(child: ChildProcess, ended: Promise<number | null>, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Not ready in time:\n${output()}`)), READY_LIMIT_MS);
    const isReady = (url: string) => {
      clearTimeout(timer);
      resolve(url);
    };
    child.on("message", (message) => {
      if (typeof message !== "object" || !("type" in message) || message.type !== "ready") return;
      isReady("url" in message ? String(message.url) : "");
    });
    // The starter of all of them says it to a person.
    child.stdout!.on("data", () => output().includes("Ctrl-C stops it.") && isReady(""));
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`Ended with code ${code} before it was ready:\n${output()}`));
    });
  });
}
