import { expect, onTestFinished } from "vitest";
import { z } from "zod";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { sweepDeadWorkers } from "./heartbeat.ts";
import { defineJob, enqueue, type Handler, handle, startQueue } from "./index.ts";

// Guarantees: a job exists when its transaction commits, or not at all; answers are not tried again, outages are;
// the jobs of a dead worker run again, those of a living one are left alone.

const greet = defineJob({
  name: "test.greet",
  payload: z.object({ name: z.string() }),
  maxAttempts: 3,
  key: (payload) => `test.greet:${payload.name}`,
});

async function startTestQueue(ctx: Ctx, work: (name: string, attempt: number) => Promise<void>) {
  const givenUp: string[] = [];
  const handlers: Handler[] = [handle(greet, (_ctx, { name }, run) => work(name, run.attempt))];
  const queue = await startQueue({
    ctx,
    handlers,
    homeId: newId(),
    concurrency: 4,
    onFailedForGood: async (_ctx, jobName) => void givenUp.push(jobName),
  });
  onTestFinished(() => queue.stop());
  return { queue, givenUp };
}

test("a job of a transaction that is rolled back never runs", async ({ ctx, db }) => {
  const greeted: string[] = [];
  await startTestQueue(ctx, async (name) => void greeted.push(name));
  const rolledBack = transaction(db, async (tx) => {
    await enqueue(tx, greet, { name: "nobody" });
    throw new Error("changed my mind");
  });
  await expect(rolledBack).rejects.toThrow("changed my mind");
  await transaction(db, (tx) => enqueue(tx, greet, { name: "Nora" }));
  await expect.poll(() => greeted).toEqual(["Nora"]);
});

test("an answer is final, an outage is tried again", async ({ ctx, db }) => {
  const tries: string[] = [];
  const { givenUp } = await startTestQueue(ctx, async (name, attempt) => {
    tries.push(`${name} ${attempt}`);
    if (name === "forbidden") throw new AppError("forbidden", "Not for you.");
    if (name === "busy" && attempt === 1) throw new AppError("unavailable", "Come back later.");
  });
  await transaction(db, async (tx) => {
    await enqueue(tx, greet, { name: "forbidden" });
    await enqueue(tx, greet, { name: "busy" });
  });
  await expect.poll(() => tries.toSorted()).toEqual(["busy 1", "busy 2", "forbidden 1"]);
  expect(givenUp).toEqual(["test.greet"]);
});

test("jobs of a dead worker are given back, with one more try; those of a living one are not", async ({ db }) => {
  await transaction(db, async (tx) => {
    for (const name of ["dead", "living"]) await enqueue(tx, greet, { name });
  });
  // As a kill leaves it: locked long ago, on the last try.
  await db.pool.query(
    `update graphile_worker._private_jobs
        set locked_by = split_part(key, ':', 2), locked_at = now() - interval '1 minute', attempts = max_attempts
      where key like 'test.greet:%'`,
  );
  await db.pool.query(
    `insert into worker_processes (id, worker_ids, host, pid, started_at, heartbeat_at)
     values ($1, '{living}', 'here', 1, now(), now()), ($2, '{dead}', 'there', 2, now(), now() - interval '1 minute')`,
    [newId(), newId()],
  );
  expect(await sweepDeadWorkers(db)).toEqual(["dead"]);
  const { rows } = await db.pool.query<{ key: string; locked: boolean; left: number }>(
    `select key, locked_by is not null as locked, max_attempts - attempts as left
       from graphile_worker._private_jobs where key like 'test.greet:%' order by key`,
  );
  expect(rows).toEqual([
    { key: "test.greet:dead", locked: false, left: 1 },
    { key: "test.greet:living", locked: true, left: 0 },
  ]);
  expect(await db.prisma.workerProcess.count()).toBe(1);
});
