import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { ROOT } from "#server/start/build.ts";
import { freePort, startWinnow } from "#tests/support/processes.ts";

// What `npm start` promises: it works or says in one sentence why not, and whatever way it ends, nothing stays behind.

const GONE_LIMIT_MS = 30_000;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe("a start that cannot work ends with code 1 and one sentence", () => {
  test("on a data folder that another one has", async () => {
    const winnow = await startWinnow();
    cleanups.push(winnow.stop);
    const second = await runToEnd("server/start/index.ts", { DATA_DIR: winnow.dataDir });
    expect(second).toEqual({
      code: 1,
      stdout: "",
      stderr: `Winnow is running on ${winnow.dataDir} already: stop it first, or set DATA_DIR to another folder.\n`,
    });
    expect((await fetch(`${winnow.url}/api/health`)).status).toBe(200);
  });

  test("on a taken port", async () => {
    const port = await freePort();
    const other = createServer().listen(port);
    cleanups.push(() => other.close());
    expect(await runToEnd("server/start/index.ts", { DATA_DIR: folder(), PORT: String(port) })).toEqual({
      code: 1,
      stdout: "",
      stderr: `Port ${port} is taken: stop what listens there, or set PORT to another one.\n`,
    });
  });

  test.each(["server/start/index.ts", "server/web/index.ts", "server/worker/index.ts"])(
    "without the database that it is told to use: %s",
    async (file) => {
      const nobody = await freePort();
      const url = `postgresql://winnow:a-password@127.0.0.1:${nobody}/winnow`;
      const ended = await runToEnd(file, { DATA_DIR: folder(), DATABASE_URL: url });
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(ended.stderr).toMatch(
        /^The database at 127\.0\.0\.1:\d+ cannot be used \(.*ECONNREFUSED.*\): start it, .*\.\n$/,
      );
      expect(ended.stderr).not.toContain("a-password");
    },
  );

  test("where the embedded Postgres cannot run", async () => {
    const dataDir = folder();
    mkdirSync(join(dataDir, "postgres"));
    writeFileSync(join(dataDir, "postgres", "PG_VERSION"), "9.6\n");
    const ended = await runToEnd("server/start/index.ts", { DATA_DIR: dataDir });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^The embedded Postgres could not be started \(.*\): set DATABASE_URL .*\.\n$/);
  });

  test("on a data folder that cannot be made", async () => {
    const file = join(folder(), "a-file");
    writeFileSync(file, "");
    const ended = await runToEnd("server/start/index.ts", { DATA_DIR: join(file, "data") });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^The data folder .* cannot be used \(.*\): set DATA_DIR to one that this user may write\.\n$/,
    );
  });

  test("with an environment that makes no sense, naming every part of it", async () => {
    const ended = await runToEnd("server/start/index.ts", {
      DATA_DIR: folder(),
      PORT: "front door",
      LOG_LEVEL: "loud",
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^The environment is not usable:\n {2}PORT: .*\n {2}LOG_LEVEL: .*\n$/);
  });
});

test("the data folder and its secrets are for their owner alone", async () => {
  const winnow = await startWinnow({ AUTH_SECRET: "" });
  cleanups.push(winnow.stop);
  expect(statSync(winnow.dataDir).mode & 0o777).toBe(0o700);
  for (const name of ["auth-secret", "postgres-password"]) {
    expect(statSync(join(winnow.dataDir, name)).mode & 0o777).toBe(0o600);
  }
  expect(winnow.output()).toMatch(new RegExp(`^  ${winnow.url}/setup\\?token=[\\w-]{40,}$`, "m"));
});

test("a stop leaves nothing running", async () => {
  const winnow = await startWinnow();
  cleanups.push(winnow.stop);
  const processes = descendants(winnow.pid);
  expect(processes.length).toBeGreaterThanOrEqual(4);
  expect(await winnow.end()).toBe(0);
  expect(processes.filter(isAlive)).toEqual([]);
});

test("a killed start takes everything along, and the next one works at once", async () => {
  const first = await startWinnow();
  cleanups.push(first.stop);
  const processes = descendants(first.pid);
  await first.kill9();
  const second = await startWinnow({ DATA_DIR: first.dataDir, PORT: new URL(first.url).port });
  expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
  await expect.poll(() => processes.filter(isAlive), { timeout: GONE_LIMIT_MS }).toEqual([]);
  expect(await second.end()).toBe(0);
});

test("a killed start takes everything along when there is no next one", async () => {
  const winnow = await startWinnow();
  cleanups.push(winnow.stop);
  const processes = descendants(winnow.pid);
  await winnow.kill9();
  await expect.poll(() => processes.filter(isAlive), { timeout: GONE_LIMIT_MS }).toEqual([]);
});

test.runIf(process.getuid?.() === 0)(
  "root can start a project that lies in a folder which only root may enter",
  async () => {
    const project = join(folder(), "project");
    expect(statSync(join(project, "..")).mode & 0o777).toBe(0o700);
    copyProject(project);
    const winnow = await startWinnow({}, project);
    cleanups.push(winnow.stop);
    expect(await (await fetch(`${winnow.url}/api/health`)).json()).toMatchObject({ status: "healthy" });
  },
);

/** A folder of the test's own, 0700 as mkdtemp makes it. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "winnow-start-"));
  cleanups.push(() => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

/** By hard links where it is one disk. */
function copyProject(to: string): void {
  const parts = [
    "app",
    "components",
    "node_modules",
    "prisma",
    "public",
    "server",
    ".next",
    "next.config.js",
    "package.json",
    "package-lock.json",
  ];
  mkdirSync(to);
  const from = parts.map((part) => join(ROOT, part));
  if (spawnSync("cp", ["-al", ...from, to]).status !== 0) execFileSync("cp", ["-a", ...from, to]);
}

async function runToEnd(file: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(ROOT, file)], {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      PORT: String(await freePort()),
      LOG_LEVEL: "warn",
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...said };
}

/** Every process that this one started, and theirs. */
function descendants(pid: number): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const all = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    all.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
