// One process at a time announces the log to another Pusher server; whichever dies, nothing is skipped.
// The gateway plays that server, because it speaks the same protocol.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import { afterEach, expect } from "vitest";

import { emit, eventPositions } from "#server/events/index.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { externalSettings, hearNumbers, startPusherServer } from "#tests/support/realtime.ts";
import { test } from "#tests/support/test.ts";

const SCRIPT = fileURLToPath(new URL("../support/publisher-process.ts", import.meta.url));
const cleanups: Array<() => unknown> = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const commit = (db: Db, spaceId: string) =>
  transaction(db, async (tx) => {
    emit(tx, {
      spaceId,
      type: "message.received",
      subjectId: "x",
      actor: { type: "system", name: "test" },
      at: new Date(),
    });
  });

async function startProcess(databaseUrl: string, port: number): Promise<ChildProcess> {
  const child = fork(SCRIPT, [databaseUrl, JSON.stringify(externalSettings(port))], { execArgv: [] });
  cleanups.push(() => child.kill("SIGKILL"));
  await new Promise((resolve) => child.once("message", resolve));
  return child;
}

async function startListening(spaceId: string) {
  const server = await startPusherServer();
  cleanups.push(server.stop);
  const { heard, close } = await hearNumbers(server.port, spaceId);
  cleanups.push(close);
  return { port: server.port, heard };
}

async function locksHeld(db: Db): Promise<number> {
  const { rows } = await db.pool.query<{ held: number }>(
    `select count(*)::int as held from pg_locks
      where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0]!.held;
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test("one of two processes announces; when it is killed the other goes on where it was, without a gap", async ({
  db,
  databaseUrl,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const { port, heard } = await startListening(spaceId);
  const first = await startProcess(databaseUrl, port);
  await expect.poll(() => locksHeld(db)).toBe(1);
  const second = await startProcess(databaseUrl, port);

  for (let i = 0; i < 25; i += 1) await commit(db, spaceId);
  await expect.poll(() => heard).toEqual(upTo(25));
  expect(await locksHeld(db)).toBe(1);

  first.kill("SIGKILL");
  const killedAtMs = performance.now();
  for (let i = 0; i < 25; i += 1) await commit(db, spaceId);
  await expect.poll(() => heard).toEqual(upTo(50));
  expect(performance.now() - killedAtMs).toBeLessThan(10_000);

  // A clean stop hands over as well; and someone who comes later goes on, although nobody announced in between.
  second.send("stop");
  await new Promise((resolve) => second.once("exit", resolve));
  expect(await locksHeld(db)).toBe(0);
  await commit(db, spaceId);
  await startProcess(databaseUrl, port);
  await commit(db, spaceId);
  await expect.poll(() => heard).toEqual(upTo(52));
});

test("kills in the middle of the work lose nothing, and each repeats at most the one batch that was under way", async ({
  db,
  databaseUrl,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const { port, heard } = await startListening(spaceId);
  const processes = [];
  for (let i = 0; i < 3; i += 1) processes.push(await startProcess(databaseUrl, port));
  let isWriting = true;
  const writing = (async () => {
    while (isWriting) {
      await Promise.all(Array.from({ length: 10 }, () => commit(db, spaceId)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const endWriting = async () => {
    isWriting = false;
    await writing;
  };
  cleanups.push(endWriting);

  // The first two in the order in which they stand by; each is killed while events keep coming.
  const victims = processes.slice(0, 2);
  for (const victim of victims) {
    const before = heard.length;
    await expect.poll(() => heard.length).toBeGreaterThan(before + 100);
    victim.kill("SIGKILL");
  }
  const afterKills = heard.length;
  await expect.poll(() => heard.length).toBeGreaterThan(afterKills + 100);
  await endWriting();
  const newest = (await eventPositions(db)).get(spaceId)!;
  await expect.poll(() => heard.at(-1)).toBe(newest);

  expect([...new Set(heard)]).toEqual(upTo(newest));
  const steps = heard.filter((seq, i) => i > 0 && seq <= heard[i - 1]!).length;
  expect(steps).toBeLessThanOrEqual(victims.length);
  expect(heard.length - newest).toBeLessThanOrEqual(victims.length * 10);
});
