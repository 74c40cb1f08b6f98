// The button that tries an operation again.
import { expect } from "vitest";
import { z } from "zod";

import { defineJob, jobCall } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { openHome, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

import { kbOperation, kbOperations } from "./queries.ts";
import { requestSync, retryOperation } from "./retry.ts";

const again = defineJob({
  name: "test.again",
  payload: z.object({ spaceId: z.uuid(), id: z.uuid() }),
  maxAttempts: 4,
  key: ({ id }) => `test.again:${id}`,
  atHome: true,
});

const jobs = async (ctx: Ctx) =>
  (
    await ctx.db.pool.query<{ name: string; key: string; payload: unknown; maxAttempts: number }>(
      `select t.identifier as name, j.key, j.payload, j.max_attempts as "maxAttempts"
         from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id order by j.id`,
    )
  ).rows;

test("an operation that failed waits in the queue again with its own job, once, and is written by it", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  const operationId = newId();
  const operation = writing("a.md", "a", { operationId, retry: jobCall(again, { spaceId, id: operationId }) });
  const broken = { ...operation, plan: () => Promise.reject(new Error("no")) };
  await expect(kb.runOperation(ctx, broken)).rejects.toThrow("no");
  expect(await kbOperation(ctx, { spaceId, operationId })).toMatchObject({ status: "failed", canRetry: true });
  expect((await kbOperations(ctx, { spaceId, status: "failed" })).items).toHaveLength(1);

  await retryOperation(ctx, { spaceId, operationId });
  expect(await kbOperation(ctx, { spaceId, operationId })).toMatchObject({ status: "queued", failure: null });
  const key = `test.again:${operationId}`;
  const job = { name: `test.again@${home.homeId}`, key, payload: { spaceId, id: operationId }, maxAttempts: 4 };
  expect(await jobs(ctx)).toEqual([job]);
  // Who presses twice asks once.
  await expect(retryOperation(ctx, { spaceId, operationId })).rejects.toThrow(/is queued, so there is nothing to try/);
  expect(await jobs(ctx)).toEqual([job]);

  expect(await kb.runOperation(ctx, operation)).toMatchObject({ isNew: true });
  expect(await kbOperation(ctx, { spaceId, operationId })).toMatchObject({ status: "committed", canRetry: false });
  await expect(retryOperation(ctx, { spaceId, operationId })).rejects.toMatchObject({ code: "conflict" });
});

test("what has no job of its own, or belongs to another space, is not tried again", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const broken = writing("a.md", "a", { plan: () => Promise.reject(new Error("no")) });
  await expect(kb.runOperation(ctx, broken)).rejects.toThrow("no");
  const { operationId } = broken;
  expect(await kbOperation(ctx, { spaceId, operationId })).toMatchObject({ canRetry: false });
  await expect(retryOperation(ctx, { spaceId, operationId })).rejects.toMatchObject({ code: "conflict" });
  const { id: other } = await make.space();
  await expect(retryOperation(ctx, { spaceId: other, operationId })).rejects.toMatchObject({ code: "not_found" });
  expect(await kbOperation(ctx, { spaceId: other, operationId })).toBeNull();
});

test("a sync that is asked for is enqueued for the home of the knowledge base, once for all who ask", async ({
  ctx,
  make,
}) => {
  await ctx.db.pool.query("delete from graphile_worker._private_jobs");
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  await home.kbs.open(spaceId);
  await Promise.all([requestSync(ctx, { spaceId }), requestSync(ctx, { spaceId })]);
  expect(await jobs(ctx)).toMatchObject([{ name: `kb.sync@${home.homeId}`, payload: { spaceId, isAsked: true } }]);
});
