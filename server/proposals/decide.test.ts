import { describe, expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { test } from "#tests/support/test.ts";

import { bulk } from "./bulk.ts";
import { approve, reject } from "./decide.ts";
import { edit } from "./edit.ts";
import { merge } from "./merge.ts";
import { proposalById } from "./queries.ts";
import { undo } from "./undo.ts";

// Guarantee: whatever happens at once, a proposal has one decision, and a run's counters are the truth.

describe("decisions", () => {
  test("of twenty approvals at once one wins, and the others hear who it was", async ({ as, db, make }) => {
    const run = await make.run();
    const proposal = await make.proposal({ runId: run.id });
    const vera = await make.user({ spaceId: proposal.spaceId, name: "Vera Lind" });
    const seen = { spaceId: proposal.spaceId, proposalId: proposal.id, version: 1 };
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => approve(as(vera.actor), seen)));

    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refusals).toHaveLength(19);
    expect(refusals[0]).toMatchObject({ code: "conflict" });
    expect(refusals[0].message).toContain("Already approved by Vera Lind");
    expect(await db.prisma.proposalDecision.count({ where: { proposalId: proposal.id } })).toBe(1);
    const { rows } = await db.pool.query("select from graphile_worker.jobs where key = $1", [
      `proposals.apply:${proposal.id}`,
    ]);
    expect(rows).toHaveLength(1);
    expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
      proposalsPending: 0,
      proposalsApproved: 1,
      status: "reviewed",
    });
    const types = (await eventsSince(db, { spaceId: proposal.spaceId, after: 0 })).map((event) => event.type);
    expect(types).toEqual(["proposal.created", "proposal.approved", "run.reviewed"]);
  });

  test("a decision on an older version is refused and says that it was edited", async ({ as, make }) => {
    const proposal = await make.proposal();
    const vera = await make.user({ spaceId: proposal.spaceId, name: "Vera Lind" });
    const seen = { spaceId: proposal.spaceId, proposalId: proposal.id, version: 1 };
    await edit(as(vera.actor), { ...seen, title: "Renew the permit for pier 4" });
    await expect(reject(as(vera.actor), seen)).rejects.toThrow("edited by Vera Lind");
  });

  test("another space's proposal does not exist", async ({ ctx, make }) => {
    const proposal = await make.proposal();
    const elsewhere = await make.space();
    await expect(approve(ctx, { spaceId: elsewhere.id, proposalId: proposal.id, version: 1 })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("an edit keeps what it replaced, and leaves the other fields alone", async ({ ctx, db, make }) => {
    const proposal = await make.proposal({ details: { priority: "high", tags: ["permit"] } });
    await edit(ctx, {
      spaceId: proposal.spaceId,
      proposalId: proposal.id,
      version: 1,
      details: { due: "2026-12-01" },
    });
    const after = await db.prisma.proposal.findUniqueOrThrow({
      where: { id: proposal.id },
      include: { decisions: true },
    });
    expect(after.details).toMatchObject({ priority: "high", tags: ["permit"], due: "2026-12-01" });
    expect(after.decisions[0]).toMatchObject({ action: "edited", before: { title: proposal.title } });
  });

  test("bulk decides each by itself and says why one was refused", async ({ ctx, db, make }) => {
    const run = await make.run();
    const one = await make.proposal({ runId: run.id });
    const two = await make.proposal({ runId: run.id });
    await reject(ctx, { spaceId: run.spaceId, proposalId: one.id, version: 1 });
    const results = await bulk(ctx, {
      spaceId: run.spaceId,
      action: "approve",
      items: [
        { proposalId: one.id, version: 1 },
        { proposalId: two.id, version: 1 },
      ],
    });
    expect(results.map((result) => result.refusal === null)).toEqual([false, true]);
    expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
      proposalsRejected: 1,
      proposalsApproved: 1,
      proposalsPending: 0,
    });
  });
});

describe("undo", () => {
  test("puts a decision back, run and counters included", async ({ ctx, db, make }) => {
    const run = await make.run();
    const proposal = await make.proposal({ runId: run.id });
    const seen = { spaceId: proposal.spaceId, proposalId: proposal.id };
    await reject(ctx, { ...seen, version: 1, code: "too_vague" });
    expect(await proposalById(ctx, seen)).toMatchObject({
      decisionCode: "too_vague",
      decisionReason: "Too vague",
      history: [{ action: "rejected", reason: "Too vague" }],
    });
    expect(await db.prisma.proposalDecision.findFirst({ where: { proposalId: proposal.id } })).toMatchObject({
      code: "too_vague",
      reason: null,
    });
    const back = await undo(ctx, { ...seen, version: 2 });
    expect(back).toMatchObject({ status: "pending", version: 3 });
    expect(await proposalById(ctx, seen)).toMatchObject({ decisionCode: null, decisionReason: null });
    expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
      status: "completed",
      proposalsPending: 1,
      proposalsRejected: 0,
    });
  });

  test("is refused once the run is closed", async ({ ctx, db, make }) => {
    const run = await make.run();
    const proposal = await make.proposal({ runId: run.id });
    const seen = { spaceId: proposal.spaceId, proposalId: proposal.id };
    await reject(ctx, { ...seen, version: 1 });
    await db.prisma.run.update({ where: { id: run.id }, data: { status: "closed" } });
    await expect(undo(ctx, { ...seen, version: 2 })).rejects.toThrow("run is closed");
    expect(await db.prisma.proposal.findUnique({ where: { id: proposal.id } })).toMatchObject({ status: "rejected" });
  });
});

describe("merge", () => {
  test("unites the sources, and undo takes them back", async ({ ctx, db, make }) => {
    const run = await make.run();
    const guest = await make.proposal({ runId: run.id });
    const host = await make.proposal({ runId: run.id, title: "Permits" });
    const into = { type: "proposal" as const, proposalId: host.id };
    const merged = await merge(ctx, { spaceId: run.spaceId, proposalId: guest.id, version: 1, into });
    expect(await db.prisma.proposalEvidence.count({ where: { proposalId: host.id } })).toBe(2);
    await undo(ctx, { spaceId: run.spaceId, proposalId: guest.id, version: merged.version });
    expect(await db.prisma.proposalEvidence.count({ where: { proposalId: host.id } })).toBe(1);
    expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
      proposalsPending: 2,
      proposalsMerged: 0,
    });
  });

  test("two that are merged into each other at once: one merge wins", async ({ ctx, db, make }) => {
    const run = await make.run();
    const a = await make.proposal({ runId: run.id });
    const b = await make.proposal({ runId: run.id });
    const outcomes = await Promise.allSettled([
      merge(ctx, { spaceId: run.spaceId, proposalId: a.id, version: 1, into: { type: "proposal", proposalId: b.id } }),
      merge(ctx, { spaceId: run.spaceId, proposalId: b.id, version: 1, into: { type: "proposal", proposalId: a.id } }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({
      proposalsPending: 1,
      proposalsMerged: 1,
    });
  });

  test("into itself or into a decided one is refused", async ({ ctx, make }) => {
    const run = await make.run();
    const a = await make.proposal({ runId: run.id });
    const b = await make.proposal({ runId: run.id, title: "Tide tables" });
    const seen = { spaceId: run.spaceId, proposalId: a.id, version: 1 };
    await expect(merge(ctx, { ...seen, into: { type: "proposal", proposalId: a.id } })).rejects.toThrow("into itself");
    await reject(ctx, { spaceId: run.spaceId, proposalId: b.id, version: 1 });
    await expect(merge(ctx, { ...seen, into: { type: "proposal", proposalId: b.id } })).rejects.toThrow(
      "“Tide tables” has been rejected",
    );
  });
});
