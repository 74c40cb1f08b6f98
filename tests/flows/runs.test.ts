import { describe, expect, onTestFinished } from "vitest";

import { cancelRun, createRun, startRun } from "#server/analysis/runs/runs.ts";
import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { setSetting } from "#server/settings/index.ts";
import { type FakeModel, startFakeModel } from "#tests/support/fake-model.ts";
import type { Make } from "#tests/support/make.ts";
import { startServices } from "#tests/support/services.ts";
import { test } from "#tests/support/test.ts";

// Guarantees of a run with a model behind it: the setting bounds what is open at once, a cancel takes effect within a
// batch, what fails is said, and a run always ends.

async function openRun(ctx: Ctx, make: Make, { batches, latencyMs }: { batches: number; latencyMs: number }) {
  const model = await startFakeModel({ latencyMs });
  const { id: spaceId } = await make.space();
  const chat = await make.chat({ spaceId });
  const start = Date.now() - 10 * 3_600_000;
  for (let i = 0; i < batches; i += 1) {
    await make.message({ chatId: chat.id, text: `Please check buoy ${i}.`, sentAt: new Date(start + i * 20 * 60_000) });
  }
  const services = await startServices(ctx, { env: { OPENAI_BASE_URL: model.baseUrl, LLM_MODEL: "fake-1" } });
  onTestFinished(async () => {
    await services.stop();
    await model.stop();
  });
  const window = { windowStart: new Date(start - 60_000), windowEnd: new Date() };
  const { id: runId } = await createRun(ctx, { spaceId, ...window });
  const read = () => ctx.db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  return {
    model,
    services,
    spaceId,
    runId,
    read,
    start: () => startRun(ctx, { spaceId, runId, provider: services.llm.provider }),
  };
}

const oneTask = (model: FakeModel) =>
  model.always((request) => ({
    type: "json",
    value: {
      proposals: [
        {
          kind: "task",
          title: "Check the buoy",
          body: "",
          noteType: "Task",
          topic: null,
          tags: [],
          intent: "request",
          priority: null,
          category: null,
          assigneeName: null,
          due: null,
          confidence: 0.8,
          why: "Somebody asks for it.",
          quotes: [{ message: request.messages[0]?.label, text: request.messages[0]?.text }],
        },
      ],
    },
  }));

describe("a run with a model", () => {
  test("asks once per batch, no more at once than the setting says, and counts what it took", async ({
    ctx,
    db,
    make,
  }) => {
    const run = await openRun(ctx, make, { batches: 9, latencyMs: 80 });
    oneTask(run.model);
    await setSetting(ctx, { spaceId: run.spaceId, key: "analysis.parallelBatches", value: 3 });
    await Promise.allSettled([run.start(), run.start(), run.start()]);
    await expect.poll(async () => (await run.read()).status, { timeout: 20_000 }).toBe("completed");
    expect(run.model.requests).toHaveLength(9);
    expect(run.model.mostAtOnce()).toBeLessThanOrEqual(3);
    expect(run.model.mostAtOnce()).toBeGreaterThan(1);
    expect(await run.read()).toMatchObject({
      batchesTotal: 9,
      batchesDone: 9,
      proposalsTotal: 9,
      proposalsPending: 9,
      model: "fake-1",
    });
    expect(await db.prisma.llmCall.count({ where: { runId: run.runId, outcome: "ok" } })).toBe(9);
    const progress = (await eventsSince(db, { spaceId: run.spaceId, after: 0 })).filter(
      (event) => event.type === "run.progress",
    );
    expect(progress.length).toBeGreaterThanOrEqual(9);
    expect(run.services.failures).toEqual([]);
  });

  test("cancelled within a batch: the call is dropped and nothing of it is kept", async ({ ctx, db, make }) => {
    const run = await openRun(ctx, make, { batches: 4, latencyMs: 0 });
    run.model.always({ type: "hang" });
    await run.start();
    await run.model.received(1);
    await cancelRun(ctx, { spaceId: run.spaceId, runId: run.runId });
    const openJobs = () =>
      db.pool
        .query("select from graphile_worker.jobs where task_identifier = 'analysis.lane'")
        .then((result) => result.rowCount);
    await expect.poll(openJobs, { timeout: 10_000 }).toBe(0);
    expect(await run.read()).toMatchObject({ status: "cancelled", batchesDone: 0, proposalsTotal: 0 });
    expect(await db.prisma.batch.count({ where: { runId: run.runId, status: "cancelled" } })).toBe(4);
    expect(run.services.failures).toEqual([]);
  });

  test("an answer that cannot be read, again and again, fails the run and says why", async ({ ctx, db, make }) => {
    const run = await openRun(ctx, make, { batches: 2, latencyMs: 0 });
    run.model.always({ type: "text", text: "I would rather talk about boats." });
    await run.start();
    await expect.poll(async () => (await run.read()).status, { timeout: 30_000 }).toBe("failed");
    expect((await run.read()).failure).toMatch(/^Batch \d could not be read: /);
    expect(await db.prisma.batch.count({ where: { runId: run.runId, status: { in: ["pending", "running"] } } })).toBe(
      0,
    );
  });
});

test("the work of a worker that died goes on with another, and finished batches are not asked again", async ({
  ctx,
  db,
  make,
}) => {
  const run = await openRun(ctx, make, { batches: 3, latencyMs: 0 });
  oneTask(run.model);
  await run.start();
  await expect.poll(async () => (await run.read()).batchesTotal).toBe(3);
  await expect.poll(async () => (await run.read()).status, { timeout: 20_000 }).toBe("completed");
  const before = run.model.requests.length;

  // As a dead worker leaves it: one batch leased to a process that does not live, its lease long over.
  await db.pool.query(
    `update batches set status = 'running', lease_owner = gen_random_uuid(), lease_until = now() - interval '1 minute', finished_at = null
      where run_id = $1 and position = 1`,
    [run.runId],
  );
  await db.pool.query("update runs set status = 'running', batches_done = 2, completed_at = null where id = $1", [
    run.runId,
  ]);
  await db.pool.query(
    "select graphile_worker.add_job('analysis.lane', json_build_object('spaceId', $1::text, 'runId', $2::text, 'lane', 0), max_attempts := 3)",
    [run.spaceId, run.runId],
  );
  await expect.poll(async () => (await run.read()).status, { timeout: 20_000 }).toBe("completed");
  expect(run.model.requests).toHaveLength(before + 1);
});
