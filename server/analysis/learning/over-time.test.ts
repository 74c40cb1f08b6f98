import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { edit } from "#server/proposals/edit.ts";
import { approve, propose, reject, undo } from "#server/proposals/index.ts";
import { ProposalDetails } from "#server/proposals/schema.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { accuracyOfRun } from "./accuracy.ts";
import { passedOver } from "./missed.ts";
import { calibration, overTime, summary } from "./over-time.ts";

const EVER = { from: new Date("2020-01-01"), to: new Date("2040-01-01") };

test("what people had to ask for lowers recall, not precision, of the runs that had read it before", async ({
  ctx,
  db,
  make,
}) => {
  const run = await make.run({ status: "closed" });
  const { spaceId } = run;
  await decide(ctx, make, run.id, ["approved", "edited", "approved", "rejected"]);
  const said = await make.message({ spaceId, text: "The office closes at noon." });
  const messageIds = [said.id];
  const missed = (of: object) =>
    db.prisma.runMessage.create({ data: { ...of, spaceId, messageId: said.id, revision: 1, promptKey: "1" } as never });
  expect(await passedOver(ctx, { spaceId, messageIds })).toEqual([]);
  await missed({ runId: run.id, readAt: new Date() });
  expect(await passedOver(ctx, { spaceId, messageIds })).toEqual(messageIds);

  const proposalId = await askFor(ctx, { spaceId, message: said });
  expect(await passedOver(ctx, { spaceId, messageIds })).toEqual([]);
  expect(await accuracyOfRun(ctx, { spaceId, runId: run.id })).toMatchObject({ missed: 0, recall: 1 });
  await approve(ctx, { spaceId, proposalId, version: 1 });
  // One that reads it afterwards has missed nothing.
  const later = await make.run({ spaceId, status: "closed" });
  await missed({ runId: later.id, readAt: new Date() });

  expect(await accuracyOfRun(ctx, { spaceId, runId: run.id })).toMatchObject({
    ...{ total: 4, precision: 0.75, editedBefore: 1, missed: 1, recall: 0.75, rejectCodes: { too_vague: 1 } },
    byModel: { rules: { total: 4 } },
  });
  expect(await accuracyOfRun(ctx, { spaceId, runId: later.id })).toMatchObject({ missed: 0, recall: null });
  const { all, byKind, rejectCodes, byBand } = await summary(ctx, { spaceId, ...EVER });
  expect(all).toEqual({
    decided: 4,
    useful: 3,
    edited: 1,
    missed: 1,
    precision: 0.75,
    recall: 0.75,
    editedShare: 1 / 3,
  });
  expect(byKind).toMatchObject([
    { key: "task", decided: 4, recall: 1 },
    { key: "note", decided: 0, missed: 1, precision: null, recall: 0 },
  ]);
  expect(byBand.map(({ key, recall }) => [key, recall])).toEqual([["strong", null]]);
  expect(rejectCodes).toEqual([{ code: "too_vague", count: 1 }]);

  await undo(ctx, { spaceId, proposalId, version: 2 });
  expect((await summary(ctx, { spaceId, ...EVER })).all).toMatchObject({ missed: 0, recall: 1 });
});

test("by week of the space's clock and by run, each with its own figures", async ({ ctx, db, make }) => {
  const space = await make.space();
  await db.prisma.space.update({ where: { id: space.id }, data: { timeZone: "Asia/Tokyo" } });
  const at = (time: string) => ({ ...ctx, now: () => new Date(time) });
  const first = await make.run({ spaceId: space.id, status: "cancelled" });
  const second = await make.run({ spaceId: space.id, status: "cancelled" });
  // In Tokyo the second one is on a Monday.
  await decide(at("2026-11-15T10:00:00Z"), make, first.id, ["approved", "rejected"]);
  await decide(at("2026-11-15T20:00:00Z"), make, second.id, ["approved"]);
  const of = { spaceId: space.id, ...EVER };
  const weeks = await overTime(ctx, { ...of, by: "week", split: "kind" });
  expect(weeks.points).toMatchObject([
    { bucket: "2026-11-09", key: "task", decided: 2, precision: 0.5, at: new Date("2026-11-08T15:00:00Z") },
    { bucket: "2026-11-16", key: "task", decided: 1, precision: 1 },
  ]);
  const runs = await overTime(ctx, { ...of, by: "run", split: "none" });
  expect(Object.fromEntries(runs.points.map(({ bucket, precision }) => [bucket, precision]))).toEqual({
    [first.id]: 0.5,
    [second.id]: 1,
  });
  const narrow = { ...of, to: new Date("2026-11-15T15:00:00Z") };
  expect((await summary(ctx, narrow)).all).toMatchObject({ decided: 2, useful: 1 });
});

test("each band is held against what was decided; what a rule approved counts once somebody looked", async ({
  ctx,
  db,
  make,
}) => {
  const run = await make.run();
  const { spaceId } = run;
  const [, , , byRule] = await decide(ctx, make, run.id, ["approved", "approved", "rejected", "approved"]);
  const at = new Date();
  const rule = await db.prisma.approvalRule.create({
    data: {
      ...{ id: newId(), spaceId, name: "Tasks", conditions: {}, auditShare: 20, leastPrecision: 90, backtest: {} },
      ...{ createdBy: ctx.actor, createdAt: at, updatedAt: at },
    },
  });
  await db.prisma.proposal.update({ where: { id: byRule! }, data: { autoRuleId: rule.id } });
  const strong = async () => (await calibration(ctx, { spaceId })).bands[0];
  expect(await strong()).toMatchObject({ band: "strong", decided: 3, useful: 2, share: 2 / 3, isFew: true });
  expect((await summary(ctx, { spaceId, ...EVER })).unlooked).toBe(1);
  await db.prisma.approvalAudit.create({
    data: { proposalId: byRule!, spaceId, ruleId: rule.id, wasRight: false, createdAt: at },
  });
  const looked = await strong();
  expect(looked).toMatchObject({ decided: 4, useful: 2, share: 0.5 });
  // Wilson's interval for 2 of 4.
  expect(looked?.range?.low).toBeCloseTo(0.15, 2);
  expect(looked?.range?.high).toBeCloseTo(0.85, 2);
  expect((await calibration(ctx, { spaceId })).bands[2]).toMatchObject({
    band: "weak",
    decided: 0,
    share: null,
    range: null,
  });
});

async function decide(
  ctx: Ctx,
  make: Make,
  runId: string,
  how: Array<"approved" | "edited" | "rejected">,
): Promise<string[]> {
  const ids: string[] = [];
  for (const each of how) {
    const { id: proposalId, spaceId } = await make.proposal({ runId });
    if (each === "edited") await edit(ctx, { spaceId, proposalId, version: 1, title: "In other words" });
    const version = each === "edited" ? 2 : 1;
    if (each === "rejected") await reject(ctx, { spaceId, proposalId, version, code: "too_vague" });
    else await approve(ctx, { spaceId, proposalId, version });
    ids.push(proposalId);
  }
  return ids;
}

/** What somebody asks for although runs had it. */
async function askFor(ctx: Ctx, given: { spaceId: string; message: { id: string; text: string } }): Promise<string> {
  const { id: messageId, text } = given.message;
  const [proposalId] = await transaction(ctx.db, (tx) =>
    propose(tx, ctx, {
      ...{ spaceId: given.spaceId, runId: null, batchId: null, generatedBy: "rules", isMissed: true },
      proposals: [
        {
          ...{ kind: "note", title: text, body: text, confidence: "fair", reasons: [] },
          details: ProposalDetails.parse({ noteType: "Note" }),
          evidence: [{ messageId, revision: 1, start: 0, end: text.length, quote: text }],
        },
      ],
    }),
  );
  return proposalId!;
}
