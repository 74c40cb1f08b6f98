// A job that needs the files of a knowledge base runs where they are, and nowhere else.
import { setTimeout as pause } from "node:timers/promises";

import { expect, onTestFinished } from "vitest";
import { z } from "zod";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { defineJob, enqueue, enqueueCall, handle, jobCall, rehomeJobs, startQueue } from "./index.ts";

const write = defineJob({
  name: "test.write",
  payload: z.object({ spaceId: z.uuid(), word: z.string() }),
  maxAttempts: 3,
  key: ({ spaceId, word }) => `test.write:${spaceId}:${word}`,
  atHome: true,
});
const anywhere = defineJob({ name: "test.anywhere", payload: z.object({ spaceId: z.uuid() }), maxAttempts: 3 });

/** The worker of a home. It writes down what it did. */
async function startHome(ctx: Ctx, homeId: string) {
  const done: string[] = [];
  const queue = await startQueue({
    ctx,
    handlers: [
      handle(write, async (_ctx, { word }) => void done.push(word)),
      handle(anywhere, async () => void done.push("anywhere")),
    ],
    homeId,
    concurrency: 2,
    onFailedForGood: async () => {},
  });
  onTestFinished(() => queue.stop());
  return done;
}

const spaceAt = async (ctx: Ctx, make: Make, homeId: string | null) => {
  const { id: spaceId } = await make.space();
  if (homeId) await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId } });
  return spaceId;
};
const add = (ctx: Ctx, spaceId: string, word: string) =>
  transaction(ctx.db, (tx) => enqueue(tx, write, { spaceId, word }));
const waiting = async (ctx: Ctx) =>
  (
    await ctx.db.pool.query<{ name: string; runAt: Date }>(
      `select t.identifier as name, j.run_at as "runAt" from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id order by j.id`,
    )
  ).rows;

test("of two homes on one database each takes the jobs of its own knowledge bases", async ({ ctx, make }) => {
  const [here, there] = [newId(), newId()];
  const [mine, yours] = [await spaceAt(ctx, make, here), await spaceAt(ctx, make, there)];
  const [doneHere, doneThere] = [await startHome(ctx, here), await startHome(ctx, there)];
  for (let i = 0; i < 10; i++) {
    await add(ctx, mine, `mine ${i}`);
    await add(ctx, yours, `yours ${i}`);
  }
  await expect.poll(() => doneHere.length + doneThere.length).toBe(20);
  expect(doneHere.filter((word) => word.startsWith("mine"))).toHaveLength(10);
  expect(doneThere.filter((word) => word.startsWith("yours"))).toHaveLength(10);
});

test("a job for a home that has no worker waits for it; what needs no files runs anywhere", async ({ ctx, make }) => {
  const away = newId();
  const spaceId = await spaceAt(ctx, make, away);
  const done = await startHome(ctx, newId());
  await add(ctx, spaceId, "far");
  await transaction(ctx.db, (tx) => enqueue(tx, anywhere, { spaceId }));
  await expect.poll(() => done).toEqual(["anywhere"]);
  await pause(1_500);
  expect(done).toEqual(["anywhere"]);
  const back = await startHome(ctx, away);
  await expect.poll(() => back).toEqual(["far"]);
});

test("a job that was enqueued before there was a knowledge base is taken by any home; once there is one, by that", async ({
  ctx,
  make,
}) => {
  const [first, later] = [await spaceAt(ctx, make, null), await spaceAt(ctx, make, null)];
  const [here, there] = [newId(), newId()];
  await add(ctx, first, "first");
  await add(ctx, later, "later");
  expect((await waiting(ctx)).map((job) => job.name)).toEqual(["test.write", "test.write"]);
  // One is made elsewhere before a worker comes to the job.
  await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId: later, homeId: there } });
  const doneHere = await startHome(ctx, here);
  await expect.poll(async () => (await waiting(ctx)).map((job) => job.name)).toEqual([`test.write@${there}`]);
  expect(doneHere).toEqual(["first"]);
  const doneThere = await startHome(ctx, there);
  await expect.poll(() => doneThere).toEqual(["later"]);
  await expect.poll(() => waiting(ctx)).toEqual([]);
  expect(doneHere).toEqual(["first"]);
});

test("jobs that wait at an old home are handed over with their time, their key and what they are given", async ({
  ctx,
  make,
  db,
}) => {
  const [old, young] = [newId(), newId()];
  const [moved, stays] = [await spaceAt(ctx, make, old), await spaceAt(ctx, make, old)];
  const runAt = new Date(Date.now() + 3_600_000);
  await transaction(db, async (tx) => {
    await enqueue(tx, write, { spaceId: moved, word: "later" }, { runAt });
    await enqueue(tx, write, { spaceId: stays, word: "stays" }, { runAt });
  });
  await transaction(db, async (tx) => {
    await tx.query("update knowledge_bases set home_id = $2 where space_id = $1", [moved, young]);
    await rehomeJobs(tx, { spaceId: moved, from: old });
  });
  const jobs = await waiting(ctx);
  expect(jobs.map((job) => job.name).toSorted()).toEqual([`test.write@${old}`, `test.write@${young}`].toSorted());
  expect(jobs.map((job) => job.runAt)).toEqual([runAt, runAt]);
  // It is still one job with the one that is asked for again.
  await transaction(db, (tx) => enqueue(tx, write, { spaceId: moved, word: "later" }));
  expect(await waiting(ctx)).toHaveLength(2);
  const done = await startHome(ctx, young);
  await expect.poll(() => done).toEqual(["later"]);
  await db.pool.query("delete from graphile_worker._private_jobs");
});

test("a job that was kept as data runs at home as well, also one that a worker of the old home holds already", async ({
  ctx,
  make,
  db,
}) => {
  const [old, young] = [newId(), newId()];
  const spaceId = await spaceAt(ctx, make, old);
  const call = jobCall(write, { spaceId, word: "kept" });
  expect(call).toEqual({
    name: "test.write",
    payload: { spaceId, word: "kept" },
    maxAttempts: 3,
    key: `test.write:${spaceId}:kept`,
    atHome: true,
  });
  // As it comes back from a row.
  await transaction(db, (tx) => enqueueCall(tx, JSON.parse(JSON.stringify(call)) as typeof call));
  expect((await waiting(ctx)).map((job) => job.name)).toEqual([`test.write@${old}`]);
  // Moved, but this one was overlooked: the old home sends it on instead of doing it.
  await db.pool.query("update knowledge_bases set home_id = $2 where space_id = $1", [spaceId, young]);
  const [doneOld, doneYoung] = [await startHome(ctx, old), await startHome(ctx, young)];
  await expect.poll(() => doneYoung).toEqual(["kept"]);
  expect(doneOld).toEqual([]);
});
