import { describe, expect } from "vitest";

import { test } from "#tests/support/test.ts";
import type { RunStatus } from "#prisma/enums.ts";
import { approve, reject } from "#server/proposals/index.ts";

import { cancelRun, closeRun, createRun, failRun, startRun } from "./runs.ts";
import { RUN_MOVES } from "./state.ts";

const RULES = { name: "rules", model: null, label: "rules engine, no model", isModel: false } as const;
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
});

describe("every move that the table of states does not name is refused", () => {
  const commands = { running: startRun, cancelled: cancelRun, closed: closeRun } as const;
  const states = Object.keys(RUN_MOVES) as RunStatus[];
  for (const from of states) {
    for (const to of Object.keys(commands) as (keyof typeof commands)[]) {
      const isAllowed = (RUN_MOVES[from] as readonly RunStatus[]).includes(to);
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

test("a failed run says why, and ending it twice changes nothing", async ({ ctx, db, make }) => {
  const run = await make.run({ status: "running" });
  await failRun(ctx, { spaceId: run.spaceId, runId: run.id, failure: "The model did not answer." });
  await failRun(ctx, { spaceId: run.spaceId, runId: run.id, failure: "Something else." });
  expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
    status: "failed",
    failure: "The model did not answer.",
  });
});
