import { describe, expect, onTestFinished } from "vitest";

import { compareRuns } from "#server/analysis/runs/compare.ts";
import { cloneRun, createRun } from "#server/analysis/runs/create.ts";
import { retryBatches } from "#server/analysis/runs/failed.ts";
import { cancelRun, closeRun, startRun } from "#server/analysis/runs/runs.ts";
import { listSkipped } from "#server/analysis/runs/skipped.ts";
import type { RunStatus } from "#prisma/enums.ts";
import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { setSetting } from "#server/settings/index.ts";
import { type FakeModel, startFakeModel } from "#tests/support/fake-model.ts";
import type { ModelRequest } from "#tests/support/fake-model-requests.ts";
import type { Make } from "#tests/support/make.ts";
import { startServices } from "#tests/support/services.ts";
import { test } from "#tests/support/test.ts";

// Guarantees of a run with a model behind it: the setting bounds what is open at once, a cancel takes effect within a
// batch, what fails is said, and a run always ends.

async function openRun(
  ctx: Ctx,
  make: Make,
  { batches, latencyMs, model: name = "fake-1" }: { batches: number; latencyMs: number; model?: string },
) {
  const model = await startFakeModel({ latencyMs });
  const { id: spaceId } = await make.space();
  const chat = await make.chat({ spaceId });
  const start = Date.now() - 10 * 3_600_000;
  for (let i = 0; i < batches; i += 1) {
    await make.message({ chatId: chat.id, text: `Please check buoy ${i}.`, sentAt: new Date(start + i * 20 * 60_000) });
  }
  const services = await startServices(ctx, { env: { OPENAI_BASE_URL: model.baseUrl, LLM_MODEL: name } });
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
    chatId: chat.id,
    window,
    runId,
    read,
    start: (id = runId) => startRun(ctx, { spaceId, runId: id, provider: services.llm.provider }),
    /** Resolves when it has come so far. */
    until: (status: RunStatus, id = runId) =>
      expect
        .poll(async () => (await ctx.db.prisma.run.findUniqueOrThrow({ where: { id } })).status, { timeout: 30_000 })
        .toBe(status),
  };
}

const oneTask = (model: FakeModel) => model.always((request) => ({ type: "json", value: task(request) }));

const task = (request: ModelRequest) => ({
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
});

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

  test("whose model answers nothing of use to any batch fails, and says why", async ({ ctx, db, make }) => {
    const run = await openRun(ctx, make, { batches: 2, latencyMs: 0 });
    run.model.always({ type: "text", text: "I would rather talk about boats." });
    await run.start();
    await run.until("failed");
    expect((await run.read()).failure).toMatch(/^No batch could be read\. /);
    // Asked once more each, with what was wrong, and then no more.
    expect(run.model.requests).toHaveLength(4);
    expect(await db.prisma.batch.count({ where: { runId: run.runId, status: "failed" } })).toBe(2);
  });

  test("with a key that is refused fails at once, and says so", async ({ ctx, make }) => {
    const run = await openRun(ctx, make, { batches: 8, latencyMs: 0 });
    run.model.always({ type: "status", status: 401 });
    await run.start();
    await run.until("failed");
    expect((await run.read()).failure).toMatch(/does not accept the key.*other batches were not tried/);
    expect(run.model.requests.length).toBeLessThan(8);
  });

  test("completes with the rest where a batch cannot be read, and reads that one alone when it is tried again", async ({
    ctx,
    db,
    make,
  }) => {
    const run = await openRun(ctx, make, { batches: 4, latencyMs: 0 });
    const isSecond = (request: ModelRequest) => request.messages[0]?.text === "Please check buoy 1.";
    run.model.always((request) => (isSecond(request) ? { type: "refusal" } : { type: "json", value: task(request) }));
    await run.start();
    await run.until("completed");
    const failed = await db.prisma.batch.findMany({ where: { runId: run.runId, status: "failed" } });
    expect(failed).toMatchObject([{ position: 1, attempts: 1, failure: expect.stringContaining("declined") }]);
    expect(await run.read()).toMatchObject({ batchesDone: 3, batchesFailed: 1, proposalsTotal: 3, failure: null });

    const asked = run.model.requests.length;
    oneTask(run.model);
    await retryBatches(ctx, { spaceId: run.spaceId, runId: run.runId, batchIds: [failed[0]!.id] });
    await run.until("completed");
    expect(run.model.requests.slice(asked).map((request) => request.messages[0]?.text)).toEqual([
      "Please check buoy 1.",
    ]);
    expect(await run.read()).toMatchObject({ batchesDone: 4, batchesFailed: 0, proposalsTotal: 4 });
  });

  test("that has spent its budget asks no more: the rest is given up with how much it was", async ({
    ctx,
    db,
    make,
  }) => {
    // 1,000 tokens read and 100 written for $10 and $40 a million: 1.4 cents a call.
    const run = await openRun(ctx, make, { batches: 6, latencyMs: 0, model: "gpt-4.1" });
    oneTask(run.model);
    await setSetting(ctx, { spaceId: run.spaceId, key: "analysis.parallelBatches", value: 1 });
    await db.prisma.run.update({ where: { id: run.runId }, data: { budgetCents: 1 } });
    await run.start();
    await run.until("completed");
    const { batchesDone, batchesFailed } = await run.read();
    expect(batchesDone).toBe(run.model.requests.length);
    expect(batchesDone).toBeGreaterThan(0);
    expect(batchesDone + batchesFailed).toBe(6);
    const reasons = await db.prisma.batch.findMany({ where: { runId: run.runId, status: "failed" } });
    for (const { failure } of reasons) expect(failure).toMatch(/^This run has spent \$0\.0\d+ of its \$0\.01/);
  });

  test("never reads a message twice with one prompt, unless it was changed or the run reads again", async ({
    ctx,
    db,
    make,
  }) => {
    const run = await openRun(ctx, make, { batches: 3, latencyMs: 0 });
    oneTask(run.model);
    await run.start();
    await run.until("completed");
    await db.prisma.proposal.deleteMany({ where: { runId: run.runId } });
    await db.prisma.run.update({
      where: { id: run.runId },
      data: { proposalsTotal: 0, proposalsPending: 0, status: "reviewed" },
    });
    await closeRun(ctx, { spaceId: run.spaceId, runId: run.runId });

    const edited = await db.prisma.message.findFirstOrThrow({ where: { chatId: run.chatId } });
    await db.prisma.message.update({ where: { id: edited.id }, data: { revision: 2, text: "Please check buoy 100." } });
    const second = await createRun(ctx, { spaceId: run.spaceId, ...run.window });
    await run.start(second.id);
    await run.until("completed", second.id);
    expect(run.model.requests.slice(3).map((request) => request.messages.map(({ text }) => text))).toEqual([
      ["Please check buoy 100."],
    ]);
    expect(await listSkipped(ctx, { spaceId: run.spaceId, runId: second.id })).toMatchObject({
      counts: { read_before: 2 },
      items: [{ text: "Please check buoy 1." }, { text: "Please check buoy 2." }],
    });

    await cancelOpen(ctx, second.id);
    const clone = await cloneRun(ctx, { spaceId: run.spaceId, runId: run.runId });
    await run.start(clone.id);
    await run.until("completed", clone.id);
    expect(run.model.requests).toHaveLength(7);
    expect(await db.prisma.run.findUnique({ where: { id: clone.id } })).toMatchObject({
      ...{ trigger: "clone", clonedFromId: run.runId, readsAgain: true, messagesSkipped: 0, batchesTotal: 3 },
    });
    // One title for all: what quotes the same words is the same.
    const compared = await compareRuns(ctx, { spaceId: run.spaceId, a: second.id, b: clone.id });
    expect(compared).toMatchObject({
      isSameWindow: true,
      onlyA: [],
      a: { model: "fake-1" },
      b: { calls: { count: 3 } },
    });
    expect([compared.both.length, compared.onlyB.length]).toEqual([1, 2]);
  });

  test("leaves noise out before the model, and gives it what is answered from before the window", async ({
    ctx,
    db,
    make,
  }) => {
    const run = await openRun(ctx, make, { batches: 0, latencyMs: 0 });
    const at = (minute: number) => new Date(run.window.windowStart.getTime() + minute * 60_000);
    const say = (text: string, minute: number) => make.message({ chatId: run.chatId, text, sentAt: at(minute) });
    const before = await say("Who can look at the pump on Friday?", -600);
    await say("Good morning everyone!", 1);
    await say("👍", 2);
    const answer = await say("Timo, please take the big wrench.", 3);
    await db.prisma.message.update({ where: { id: answer.id }, data: { replyToExternalId: before.externalId } });
    await say("yes", 4);
    await run.start();
    await run.until("reviewed");
    expect(run.model.requests).toHaveLength(1);
    expect(await db.prisma.batch.findFirst({ where: { runId: run.runId } })).toMatchObject({
      messageIds: expect.arrayContaining([answer.id]),
      contextIds: [before.id],
    });
    expect(run.model.requests[0]?.user).toContain("Who can look at the pump");
    const left = await listSkipped(ctx, { spaceId: run.spaceId, runId: run.runId, reason: "greeting" });
    expect(left).toMatchObject({ counts: { greeting: 1, reaction: 1 }, items: [{ text: "Good morning everyone!" }] });
    expect(await run.read()).toMatchObject({ messagesSkipped: 2, messagesTotal: 2 });
  });
});

/** As if its proposals had been decided and it was closed. */
async function cancelOpen(ctx: Ctx, runId: string) {
  await ctx.db.pool.query("update runs set status = 'cancelled', ended_at = now() where id = $1", [runId]);
}

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
