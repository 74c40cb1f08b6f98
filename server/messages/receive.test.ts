import { expect, onTestFinished } from "vitest";

import { handle, startQueue } from "#server/jobs/index.ts";
import { closeDb, type Db, openDb } from "#server/lib/db.ts";
import { startTcpProxy } from "#tests/support/tcp-proxy.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { createReceiver, telegramHandle, wakeLanes } from "./index.ts";

// Guarantees: an acknowledged update is stored with the job that handles it; the same update is one row; one bad row sinks no other.

let nextUpdateId = 1;
const arrived = (given: { updateId?: number; chatKey?: string; payload?: string } = {}) => ({
  updateId: nextUpdateId++,
  chatKey: "-7",
  payload: "{}",
  ...given,
});

/** A pool that counts statements, and waits with each until it is let through. */
function slowPool(db: Db) {
  const statements: unknown[][] = [];
  const gates: Array<() => void> = [];
  const query = async (statement: { values: unknown[] }) => {
    statements.push(statement.values[3] as unknown[]);
    await new Promise<void>((resolve) => gates.push(resolve));
    return db.pool.query(statement as never);
  };
  return { db: { pool: { query } } as unknown as Db, statements, release: () => gates.shift()?.() };
}

test("an update is stored at once when none is in flight; those that come meanwhile share the next statement", async ({
  db,
  ctx,
}) => {
  const slow = slowPool(db);
  const receiver = createReceiver({ ...ctx, db: slow.db, botId: "1" });
  const answers = Array.from({ length: 20 }, () => receiver.receive(arrived()));
  expect(slow.statements.map((ids) => ids.length)).toEqual([1]);
  slow.release();
  await answers[0];
  await expect.poll(() => slow.statements.length).toBe(2);
  expect(slow.statements[1]).toHaveLength(19);
  // None of them is acknowledged before its COMMIT.
  expect(await Promise.race([answers[1]?.then(() => "acknowledged"), Promise.resolve("waiting")])).toBe("waiting");
  slow.release();
  await Promise.all(answers);
  expect(await db.prisma.inboundUpdate.count()).toBe(20);
});

test("a batch brings each of its chats one job, and none for what was there before", async ({ db, ctx }) => {
  await db.pool.query("select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))");
  const jobs = async () =>
    (
      await db.pool.query<{ key: string; revision: number }>(
        "select key, revision from graphile_worker.jobs order by key",
      )
    ).rows;
  const receiver = createReceiver({ ...ctx, botId: "1" });
  const updates = [
    ...Array.from({ length: 10 }, () => arrived({ chatKey: "-8" })),
    ...Array.from({ length: 10 }, () => arrived({ chatKey: "-9" })),
  ];
  await Promise.all(updates.map((update) => receiver.receive(update)));
  const before = await jobs();
  expect(before.map((job) => job.key)).toEqual(["telegram.handle:-8", "telegram.handle:-9"]);
  await Promise.all(updates.map((update) => receiver.receive(update)));
  expect(await jobs()).toEqual(before);
  expect(await db.prisma.inboundUpdate.count({ where: { chatKey: "-8" } })).toBe(10);
});

test("a job that waits is not started before it can see what was added for it", async ({ db, ctx }) => {
  const drain = handle(telegramHandle, async (_ctx, { chatKey }) => {
    await db.pool.query("update inbound_updates set handled_at = now() where chat_key = $1", [chatKey]);
  });
  const receiver = createReceiver({ ...ctx, botId: "5" });
  for (const chatKey of ["-61", "-62"]) await receiver.receive(arrived({ chatKey }));
  // From now on a COMMIT takes so long that a worker looks in the middle of it.
  await db.pool.query(
    `create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.5); return null; end $$`,
  );
  await db.pool.query(`create constraint trigger dawdle after insert on inbound_updates deferrable initially deferred
                         for each row execute function dawdle()`);
  const answers = ["-63", "-61", "-62"].map((chatKey) => receiver.receive(arrived({ chatKey })));
  await answers[0];
  await new Promise((resolve) => setTimeout(resolve, 200));
  const queue = await startQueue({
    ctx,
    handlers: [drain],
    homeId: newId(),
    concurrency: 4,
    onFailedForGood: async () => {},
  });
  onTestFinished(queue.stop);
  await Promise.all(answers);
  await db.pool.query("drop trigger dawdle on inbound_updates");
  const waiting = () => db.prisma.inboundUpdate.count({ where: { botId: 5, handledAt: null } });
  await expect.poll(waiting, { timeout: 5_000 }).toBe(0);
});

test("workers are woken once by a batch that brings something, whether its jobs are new or waited already", async ({
  db,
  ctx,
}) => {
  const listener = await db.pool.connect();
  let heard = 0;
  listener.on("notification", () => void (heard += 1));
  await listener.query('listen "jobs:insert"');
  const receiver = createReceiver({ ...ctx, botId: "6" });
  const heardAfter = async (updates: ReturnType<typeof arrived>[]) => {
    // The first goes alone, the others share a statement: two batches.
    await Promise.all(updates.map((update) => receiver.receive(update)));
    await listener.query("select 1");
    return heard;
  };
  const updates = ["-70", "-71", "-72", "-73"].map((chatKey) => arrived({ chatKey }));
  expect(await heardAfter(updates)).toBe(2);
  expect(await heardAfter(["-70", "-71", "-72", "-74"].map((chatKey) => arrived({ chatKey })))).toBe(4);
  expect(await heardAfter(["-70", "-71", "-72", "-74"].map((chatKey) => arrived({ chatKey })))).toBe(6);
  expect(await heardAfter(updates)).toBe(6);
  listener.release(true);
});

test("an update that Postgres will not take is refused alone", async ({ db, ctx }) => {
  const receiver = createReceiver({ ...ctx, botId: "1" });
  const good = [arrived(), arrived(), arrived()];
  // Beyond bigint.
  const updates = [good[0]!, arrived({ updateId: 2 ** 70 }), good[1]!, good[2]!];
  // The first goes alone; the other three share a statement.
  const results = await Promise.allSettled(updates.map((update) => receiver.receive(update)));
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(results[1]).toMatchObject({ reason: { name: "AppError", code: "unavailable" } });
  const stored = await db.prisma.inboundUpdate.count({
    where: { updateId: { in: good.map((update) => BigInt(update.updateId)) } },
  });
  expect(stored).toBe(3);
});

test("NUL and half a surrogate pair are stored as replacement characters", async ({ db, ctx }) => {
  const receiver = createReceiver({ ...ctx, botId: "1" });
  const update = arrived({ payload: `{"a":"\0 \ud800 😀"}`, chatKey: "a\0" });
  await receiver.receive(update);
  const row = await db.prisma.inboundUpdate.findFirstOrThrow({ where: { updateId: update.updateId } });
  expect(row).toMatchObject({ payload: `{"a":"� � 😀"}`, chatKey: "a�" });
});

test("several processes with the same updates in another order end with one row each", async ({ db, ctx }) => {
  const updates = Array.from({ length: 200 }, (_, i) => arrived({ chatKey: `-${i % 13}00` }));
  const send = (list: typeof updates) => {
    const receiver = createReceiver({ ...ctx, botId: "2" });
    return Promise.all(list.map((update) => receiver.receive(update)));
  };
  await Promise.all([
    send(updates),
    send(updates.toReversed()),
    send(updates.slice(100).concat(updates.slice(0, 100))),
  ]);
  expect(await db.prisma.inboundUpdate.count({ where: { botId: 2 } })).toBe(200);
});

test("while the database is away updates are refused, and taken again when it is back", async ({
  ctx,
  databaseUrl,
}) => {
  const url = new URL(databaseUrl);
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = "127.0.0.1";
  url.port = String(proxy.port);
  const db = openDb(url.href, { max: 2 });
  const receiver = createReceiver({ ...ctx, db, botId: "1" });
  await receiver.receive(arrived());
  proxy.cut();
  const refused = await Promise.allSettled(Array.from({ length: 30 }, () => receiver.receive(arrived())));
  expect(new Set(refused.map((result) => result.status))).toEqual(new Set(["rejected"]));
  proxy.mend();
  await receiver.receive(arrived());
  await closeDb(db);
  await proxy.close();
});

test("no more wait in memory than ten thousand", async ({ db, ctx }) => {
  const slow = slowPool(db);
  const receiver = createReceiver({ ...ctx, db: slow.db, botId: "3" });
  const answers = Array.from({ length: 10_002 }, () => receiver.receive(arrived()));
  await expect(answers.at(-1)).rejects.toMatchObject({ code: "unavailable" });
  const timer = setInterval(slow.release, 1);
  await Promise.all(answers.slice(0, -1));
  clearInterval(timer);
  expect(await db.prisma.inboundUpdate.count({ where: { botId: 3 } })).toBe(10_001);
});

test("a lane without a job that would run is woken, as soon as there is a space", async ({ db, ctx, make }) => {
  await db.pool.query("select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))");
  await db.prisma.inboundUpdate.updateMany({ data: { handledAt: new Date() } });
  const receiver = createReceiver({ ...ctx, botId: "4" });
  await Promise.all(["-1", "-2", "-3"].map((chatKey) => receiver.receive(arrived({ chatKey }))));
  // One was done without a space, one gave up, one still waits for its turn.
  await db.pool.query(
    "select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs where key like '%:-1'))",
  );
  await db.pool.query("update graphile_worker._private_jobs set attempts = max_attempts where key like '%:-2'");
  expect(await wakeLanes(db)).toBe(0);
  await make.space();
  expect(await wakeLanes(db)).toBe(2);
  expect(await wakeLanes(db)).toBe(0);
  const { rows } = await db.pool.query(
    "select key, attempts, max_attempts from graphile_worker.jobs where key is not null order by key",
  );
  expect(rows).toEqual(
    ["-1", "-2", "-3"].map((key) => ({ key: `telegram.handle:${key}`, attempts: 0, max_attempts: 10 })),
  );
});
