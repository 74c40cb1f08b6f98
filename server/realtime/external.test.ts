// Another Pusher server: one process at a time announces the log to it, for all of them.
// The gateway plays that server, because it speaks the same protocol.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import { afterEach, expect } from "vitest";

import { emit, eventsSince } from "#server/events/index.ts";
import type { EventNotice } from "#server/events/schema.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import {
  CREDENTIALS,
  listen,
  openBrowser,
  type PusherServer,
  spaceChannel,
  startPusherServer,
} from "#tests/support/realtime.ts";
import { startTcpProxy } from "#tests/support/tcp-proxy.ts";
import { test } from "#tests/support/test.ts";

import { type RealtimeSettings, startPublisher } from "./index.ts";

const cleanups: Array<() => unknown> = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const externalSettings = (port: number): RealtimeSettings => ({
  mode: "external",
  ...CREDENTIALS,
  cluster: null,
  host: "127.0.0.1",
  port,
  useTls: false,
});

const commit = (db: Db, spaceId: string, at = new Date()) =>
  transaction(db, async (tx) => {
    emit(tx, { spaceId, type: "message.received", subjectId: "x", actor: { type: "system", name: "test" }, at });
  });

async function startServer(port = 0): Promise<PusherServer> {
  const server = await startPusherServer({ port });
  cleanups.push(server.stop);
  return server;
}

async function hear(port: number, spaceId: string): Promise<number[]> {
  const browser = openBrowser(port);
  cleanups.push(() => browser.disconnect());
  const { channel } = await listen(browser, spaceChannel(spaceId));
  const heard: number[] = [];
  channel.bind("notice", ({ seq }: EventNotice) => heard.push(seq));
  return heard;
}

async function startProcess(databaseUrl: string, settings: RealtimeSettings): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../../tests/support/publisher-process.ts", import.meta.url));
  const child = fork(script, [databaseUrl, JSON.stringify(settings)], { execArgv: [] });
  cleanups.push(() => child.kill("SIGKILL"));
  await new Promise((resolve) => child.once("message", resolve));
  return child;
}

/** How many hold the lock, and how many sessions there are that could. */
async function holders(db: Db): Promise<number> {
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
  const { port } = await startServer();
  const { id: spaceId } = await make.space();
  const heard = await hear(port, spaceId);
  const first = await startProcess(databaseUrl, externalSettings(port));
  await expect.poll(() => holders(db)).toBe(1);
  const second = await startProcess(databaseUrl, externalSettings(port));

  for (let i = 0; i < 25; i += 1) await commit(db, spaceId);
  await expect.poll(() => heard).toEqual(upTo(25));
  expect(await holders(db)).toBe(1);

  first.kill("SIGKILL");
  const killedAtMs = performance.now();
  for (let i = 0; i < 25; i += 1) await commit(db, spaceId);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(upTo(50));
  expect(performance.now() - killedAtMs).toBeLessThan(5_000);

  // A clean stop hands over as well; and someone who comes later goes on, although nobody announced in between.
  second.send("stop");
  await new Promise((resolve) => second.once("exit", resolve));
  expect(await holders(db)).toBe(0);
  await commit(db, spaceId);
  await startProcess(databaseUrl, externalSettings(port));
  await commit(db, spaceId);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(upTo(52));
});

test("a kill in the middle of the work loses nothing, and repeats at most the one batch that was under way", async ({
  db,
  databaseUrl,
  make,
}) => {
  const { port } = await startServer();
  const { id: spaceId } = await make.space();
  const heard = await hear(port, spaceId);
  const processes = [
    await startProcess(databaseUrl, externalSettings(port)),
    await startProcess(databaseUrl, externalSettings(port)),
  ];
  let isWriting = true;
  const writing = (async () => {
    while (isWriting) {
      await Promise.all(Array.from({ length: 10 }, () => commit(db, spaceId)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  for (const victim of processes) {
    const before = heard.length;
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBeGreaterThan(before + 100);
    victim.kill("SIGKILL");
    processes.push(await startProcess(databaseUrl, externalSettings(port)));
    if (processes.length > 4) break;
  }
  isWriting = false;
  await writing;
  const newest = (await eventsSince(db, { spaceId, after: 0, limit: 1_000_000 })).length;
  await expect.poll(() => heard.at(-1), { timeout: 10_000 }).toBe(newest);

  // Nothing is missing after what a browser was told; a long absence would jump, this was none.
  const kills = processes.length - 2;
  const repeated = heard.filter((seq, i) => i > 0 && seq <= heard[i - 1]!).length;
  expect([...new Set(heard)]).toEqual(upTo(newest));
  expect(repeated).toBeLessThanOrEqual(kills);
  expect(heard.length - newest).toBeLessThanOrEqual(kills * 10);
});

test("it waits for a Pusher server that is away and for a lost database connection, and then goes on", async ({
  db,
  ctx,
  make,
}) => {
  const { port } = await startServer();
  const wire = await startTcpProxy({ host: "127.0.0.1", port });
  cleanups.push(wire.close);
  const { id: spaceId } = await make.space();
  const heard = await hear(port, spaceId);
  const publisher = await startPublisher({ db, log: ctx.log, settings: externalSettings(wire.port) });
  cleanups.push(publisher.stop);
  await commit(db, spaceId);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([1]);

  wire.cut();
  await commit(db, spaceId);
  await commit(db, spaceId);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(heard).toEqual([1]);
  wire.mend();
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([1, 2, 3]);

  await db.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()",
  );
  // The pool may still hand out a connection that was just cut.
  const isCommitted = () =>
    commit(db, spaceId).then(
      () => true,
      () => false,
    );
  await expect.poll(isCommitted).toBe(true);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([1, 2, 3, 4]);
});

test("after a long absence only the end of the log is announced: browsers see the gap and fetch the rest", async ({
  db,
  ctx,
  make,
}) => {
  const { port } = await startServer();
  const { id: spaceId } = await make.space();
  const heard = await hear(port, spaceId);
  await transaction(db, async (tx) => {
    for (let i = 0; i < 750; i += 1) {
      emit(tx, {
        spaceId,
        type: "message.received",
        subjectId: "x",
        actor: { type: "system", name: "test" },
        at: new Date(0),
      });
    }
  });
  const publisher = await startPublisher({ db, log: ctx.log, settings: externalSettings(port) });
  cleanups.push(publisher.stop);
  await expect(publisher.check()).rejects.toMatchObject({ code: "unavailable" });
  await expect.poll(() => heard.at(-1), { timeout: 10_000 }).toBe(750);
  expect(heard).toEqual(upTo(750).slice(250));
  await expect.poll(() => publisher.check().then(() => "healthy", String)).toBe("healthy");
});
