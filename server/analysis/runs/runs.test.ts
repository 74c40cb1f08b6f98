import { describe, expect } from "vitest";

import { test } from "#tests/support/test.ts";
import type { RunStatus } from "#prisma/enums.ts";
import { approve, reject } from "#server/proposals/index.ts";

import type { Ctx } from "#server/lib/ctx.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { createLlm } from "#server/llm/index.ts";

import { accuracyOfRun } from "../learning/accuracy.ts";
import { analysisHandlers } from "../handlers.ts";
import { prepareRun } from "../jobs.ts";
import { callTotals } from "./calls.ts";
import { claimBatch } from "./claim.ts";
import { createRun } from "./create.ts";
import { retryBatches } from "./failed.ts";
import { cancelRun, closeRun, failRun, type RunInput, startRun } from "./runs.ts";
import { RUN_MOVES } from "./state.ts";

const RULES = {
  name: "rules",
  model: null,
  label: "rules engine, no model",
  isModel: false,
  providerId: null,
} as const;
const window = { windowStart: new Date("2026-11-20T08:00:00Z"), windowEnd: new Date("2026-11-21T08:00:00Z") };

describe("one open run per space", () => {
  test("of ten created at once one is made, and the others name it", async ({ ctx, db, make }) => {
    const { id: spaceId } = await make.space();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => createRun(ctx, { spaceId, ...window })));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refusals).toHaveLength(9);
    expect(refusals[0]).toMatchObject({ code: "conflict" });
    expect(refusals[0].message).toContain("is not started yet");
    expect(await db.prisma.run.count({ where: { spaceId } })).toBe(1);
  });

  test("a cancelled run makes room for another", async ({ ctx, make }) => {
    const { id: spaceId } = await make.space();
    const { id: runId } = await createRun(ctx, { spaceId, ...window });
    await cancelRun(ctx, { spaceId, runId });
    await expect(createRun(ctx, { spaceId, ...window })).resolves.toBeDefined();
  });
});

test("of ten starts at once one starts, with one job", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const { id: runId } = await createRun(ctx, { spaceId, ...window });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, () => startRun(ctx, { spaceId, runId, provider: RULES })),
  );
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  const { rows } = await db.pool.query("select from graphile_worker.jobs where key = $1", [
    `analysis.prepare:${runId}`,
  ]);
  expect(rows).toHaveLength(1);
});

describe("closing", () => {
  test("with proposals pending is refused, saying how many", async ({ ctx, make }) => {
    const run = await make.run();
    await make.proposal({ runId: run.id });
    await make.proposal({ runId: run.id });
    await expect(closeRun(ctx, { spaceId: run.spaceId, runId: run.id })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("2 proposals are still waiting"),
    });
  });

  test("keeps how the decisions came out, counted from their rows", async ({ ctx, db, make }) => {
    const run = await make.run();
    const useful = await make.proposal({ runId: run.id });
    const useless = await make.proposal({ runId: run.id });
    await approve(ctx, { spaceId: run.spaceId, proposalId: useful.id, version: 1 });
    await reject(ctx, { spaceId: run.spaceId, proposalId: useless.id, version: 1 });
    await closeRun(ctx, { spaceId: run.spaceId, runId: run.id });
    const closed = await db.prisma.run.findUniqueOrThrow({ where: { id: run.id } });
    expect(closed).toMatchObject({
      status: "closed",
      accuracy: { total: 2, approved: 1, rejected: 1, precision: 0.5, byKind: { task: { total: 2 } } },
    });
  });

  test("a rule's approval is nobody's judgement until somebody looked at it", async ({ ctx, db, make }) => {
    const run = await make.run();
    const { spaceId } = run;
    const [byPerson, byRule] = [await make.proposal({ runId: run.id }), await make.proposal({ runId: run.id })];
    for (const { id: proposalId } of [byPerson, byRule]) await approve(ctx, { spaceId, proposalId, version: 1 });
    const rule = await db.prisma.approvalRule.create({
      data: {
        ...{ id: newId(), spaceId, name: "All", conditions: {}, auditShare: 5, leastPrecision: 95, backtest: {} },
        ...{ createdBy: ctx.actor, createdAt: new Date(), updatedAt: new Date() },
      },
    });
    await db.prisma.proposal.update({ where: { id: byRule.id }, data: { autoRuleId: rule.id } });
    const precision = async () => (await accuracyOfRun(ctx, { spaceId, runId: run.id })).precision;
    expect(await precision()).toBe(1);
    const about = { proposalId: byRule.id, spaceId, ruleId: rule.id, createdAt: new Date() };
    await db.prisma.approvalAudit.create({ data: { ...about, wasRight: false } });
    expect(await precision()).toBe(0.5);
  });
});

describe("every move that the table of states does not name is refused", () => {
  // Back to running there is a way of its own: trying batches again.
  const commands = { running: startRun, cancelled: cancelRun, closed: closeRun } as const;
  const startsFrom: RunStatus[] = ["pending"];
  const states = Object.keys(RUN_MOVES) as RunStatus[];
  for (const from of states) {
    for (const to of Object.keys(commands) as (keyof typeof commands)[]) {
      const isAllowed =
        to === "running" ? startsFrom.includes(from) : (RUN_MOVES[from] as readonly RunStatus[]).includes(to);
      test(`${from} to ${to}: ${isAllowed ? "moves" : "refused"}`, async ({ ctx, db, make }) => {
        const run = await make.run({ status: from });
        const moved = commands[to](ctx, { spaceId: run.spaceId, runId: run.id, provider: RULES });
        if (isAllowed) await expect(moved).resolves.toBeUndefined();
        else await expect(moved).rejects.toMatchObject({ code: "conflict" });
        expect((await db.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).status).toBe(isAllowed ? to : from);
      });
    }
  }
});

describe("trying failed batches again", () => {
  for (const from of Object.keys(RUN_MOVES) as RunStatus[]) {
    const isAllowed = from === "completed" || from === "reviewed";
    test(`of a run that is ${from}: ${isAllowed ? "it runs" : "refused"}`, async ({ ctx, db, make }) => {
      const run = await make.run({ status: from });
      const [failed, done] = [await make.batch({ runId: run.id }), await make.batch({ runId: run.id })];
      await db.prisma.batch.update({ where: { id: failed.id }, data: { status: "failed", failure: "No answer." } });
      await db.prisma.run.update({
        where: { id: run.id },
        data: { batchesTotal: 2, batchesDone: 1, batchesFailed: 1 },
      });
      const again = (batchIds?: string[]) => retryBatches(ctx, { spaceId: run.spaceId, runId: run.id, batchIds });
      await expect(again([done.id])).rejects.toMatchObject({ code: "conflict" });
      const moved = again();
      if (isAllowed) await expect(moved).resolves.toBeUndefined();
      else await expect(moved).rejects.toMatchObject({ code: "conflict" });
      expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject(
        isAllowed ? { status: "running", batchesFailed: 0 } : { status: from, batchesFailed: 1 },
      );
      expect(await db.prisma.batch.findUnique({ where: { id: done.id } })).toMatchObject({ status: "done" });
    });
  }
});

describe("the order of batches", () => {
  test("so many at once, and the one after them only when the first is over", async ({ ctx, db, make }) => {
    const run = await make.run({ status: "running" });
    for (let i = 0; i < 4; i += 1) {
      const { id } = await make.batch({ runId: run.id });
      await db.prisma.batch.update({ where: { id }, data: { status: "pending" } });
    }
    const owner = newId();
    const claim = async () => (await claimBatch(ctx, { runId: run.id, atOnce: 2 }, owner))?.position ?? null;
    const end = (position: number, status: "done" | "failed") =>
      db.prisma.batch.updateMany({
        where: { runId: run.id, position },
        data: { status, leaseOwner: null, leaseUntil: null },
      });
    expect([await claim(), await claim(), await claim()]).toEqual([0, 1, null]);
    await end(1, "done");
    expect(await claim()).toBeNull();
    await end(0, "failed");
    expect([await claim(), await claim(), await claim()]).toEqual([2, 3, null]);
  });
});

test("a failed run says why, and ending it twice changes nothing", async ({ ctx, db, make }) => {
  const run = await make.run({ status: "running" });
  await failRun(ctx, { spaceId: run.spaceId, runId: run.id, failure: "The model did not answer." });
  await failRun(ctx, { spaceId: run.spaceId, runId: run.id, failure: "Something else." });
  expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
    status: "failed",
    failure: "The model did not answer.",
  });
});

describe("a batch that ends at the same moment", () => {
  for (const [what, end] of [
    ["a cancel", cancelRun],
    ["a failure", (ctx: Ctx, ref: RunInput) => failRun(ctx, { ...ref, failure: "The model did not answer." })],
  ] as const) {
    test(`and ${what} of its run do not wait for each other`, async ({ ctx, db, make }) => {
      const run = await make.run({ status: "running" });
      const { id } = await make.batch({ runId: run.id });
      await db.prisma.batch.update({ where: { id }, data: { status: "pending" } });
      let ending: Promise<void> | undefined;
      // As the end of a batch does it: its row, then the run's.
      await transaction(db, async (tx) => {
        await tx.query("update batches set status = 'done' where id = $1", [id]);
        ending = end(ctx, { spaceId: run.spaceId, runId: run.id });
        await waitedFor(db);
        await tx.query("update runs set batches_done = batches_done + 1 where id = $1", [run.id]);
      });
      await ending;
      const ended = await db.prisma.run.findUniqueOrThrow({ where: { id: run.id }, include: { batches: true } });
      expect(ended.status).toBe(end === cancelRun ? "cancelled" : "failed");
      expect(ended.batches.map(({ status }) => status)).toEqual(["done"]);
    });
  }
});

test("a run whose provider is gone before anything was read fails, and does not run for ever", async ({
  ctx,
  db,
  make,
}) => {
  const run = await make.run({ status: "running" });
  await db.prisma.run.update({ where: { id: run.id }, data: { providerId: newId(), wantedModel: "small" } });
  const llm = createLlm({ env: { LLM_MODEL: "small" }, db, log: ctx.log, now: ctx.now, secret: "a secret of tests" });
  const prepare = analysisHandlers({ llm }).find(({ name }) => name === prepareRun.name);
  const job = { jobId: "1", attempt: 1, isLastAttempt: false, workerProcessId: newId(), signal: AbortSignal.abort() };
  await expect(prepare?.task(job, ctx, { spaceId: run.spaceId, runId: run.id })).rejects.toThrow("provider");
  expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
    status: "failed",
    failure: expect.stringContaining("The provider that was to read is gone."),
  });
});

test("an endpoint that claims more tokens than there are does not break the sums", async ({ ctx, db, make }) => {
  const { id: runId, spaceId } = await make.run();
  const tokens = { inputTokens: 1_000_000_000, outputTokens: 1_000_000_000, cachedTokens: 1_000_000_000 };
  const call = { useCase: "analysis.extract", promptVersion: 1, provider: "openai", model: "small", attempt: 1 };
  for (let i = 0; i < 3; i += 1) {
    const times = { latencyMs: 1_000_000_000, startedAt: new Date() };
    await db.prisma.llmCall.create({
      data: { id: newId(), spaceId, runId, ...call, ...tokens, ...times, outcome: "ok" },
    });
  }
  expect(await callTotals(ctx, { spaceId, runId })).toMatchObject({ count: 3, inputTokens: 3_000_000_000 });
});

/** Resolves when a statement waits for a lock that another one of this database holds. */
async function waitedFor(db: Db): Promise<void> {
  await expect
    .poll(async () => {
      const { rows } = await db.pool.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length;
    })
    .toBeGreaterThan(0);
}
