import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";

import { startPostgres } from "./postgres.ts";

// The embedded server alone; how it goes together with the rest is in tests/crash/start.test.ts.

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "winnow-postgres-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("what was committed is there after a stop and a start", async () => {
  const dir = join(home, "postgres");
  const first = await startPostgres({ dir, database: "winnow" });
  await query(first.url, "create table kept (id int)");
  await first.stop();
  const second = await startPostgres({ dir, database: "winnow" });
  expect(await query(second.url, "select to_regclass('kept') is not null as kept")).toEqual([{ kept: true }]);
  await second.stop();
});

test("a server that was left running is stopped by the next start, which then works", async () => {
  const dir = join(home, "postgres");
  const left = await startPostgres({ dir, database: "winnow" });
  const next = await startPostgres({ dir, database: "winnow" });
  await left.ended;
  expect(await query(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await next.stop();
});

test("a killed server starts again at its port, with everything committed", async () => {
  const dir = join(home, "postgres");
  const first = await startPostgres({ dir, database: "winnow" });
  await query(first.url, "create table kept (id int)");
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  const second = await startPostgres({ dir, database: "winnow", port: first.port });
  expect(second.url).toBe(first.url);
  expect(await query(second.url, "select to_regclass('kept') is not null as kept")).toEqual([{ kept: true }]);
  await second.stop();
});

test("a folder of another Postgres is refused in one sentence", async () => {
  const dir = join(home, "postgres");
  const made = await startPostgres({ dir, database: "winnow" });
  await made.stop();
  writeFileSync(join(dir, "PG_VERSION"), "9.6\n");
  await expect(startPostgres({ dir, database: "winnow" })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(
      /^The embedded Postgres could not be started \(database files are incompatible.*DATABASE_URL/,
    ),
  });
});

test.runIf(canBePostgres())(
  "root without namespaces runs it as the user postgres, or says what is in the way",
  async () => {
    const dir = join(home, "data", "postgres");
    const path = process.env["PATH"];
    process.env["PATH"] = pathWithout("unshare", join(home, "bin"));
    try {
      await expect(startPostgres({ dir, database: "winnow" })).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringMatching(
          /^Postgres refuses to run as root, .* may not enter .*: start Winnow as another user/,
        ),
      });
      chmodSync(home, 0o755);
      const postgres = await startPostgres({ dir, database: "winnow" });
      expect(await query(postgres.url, "select 1 as one")).toEqual([{ one: 1 }]);
      expect(statSync(dir).uid).not.toBe(0);
      await postgres.stop();
    } finally {
      process.env["PATH"] = path;
    }
  },
);

/** Whether the user `postgres` exists and may enter the project, where the programs are. */
function canBePostgres(): boolean {
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout),
  );
  return (
    process.getuid?.() === 0 &&
    spawnSync("sh", ["-c", 'test -r "$1"', "sh", import.meta.filename], { uid, gid, cwd: "/" }).status === 0
  );
}

/** A PATH on which one program is not to be had, and the few that are needed are. */
function pathWithout(missing: string, bin: string): string {
  mkdirSync(bin);
  for (const name of ["id", "sh", "head", "sleep"].filter((each) => each !== missing)) {
    symlinkSync(
      spawnSync("sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" }).stdout.trim(),
      join(bin, name),
    );
  }
  return bin;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}
