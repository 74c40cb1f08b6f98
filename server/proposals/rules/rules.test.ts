import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { type Db, transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { approve, reject } from "../decide.ts";
import { edit } from "../edit.ts";
import { propose } from "../propose.ts";
import { type NewProposal, ProposalDetails, RuleConditions } from "../schema.ts";
import { undo } from "../undo.ts";
import { recordVerdict } from "./audits.ts";
import { backtest } from "./backtest.ts";
import { listAudits, listRules } from "./queries.ts";
import { saveRule, switchRule } from "./save.ts";
import { applyRules, isInSample } from "./work.ts";

// Guarantee: a rule approves only what past decisions speak for, is looked at, and stops by itself when it is wrong too often.

const conditions = RuleConditions.parse({ confidence: ["strong"], kinds: ["task"] });
const SUBJECTS =
  "anchor berth crane dock ebb ferry gull hull island jetty keel lamp mast net oar pilot quay rope sail tide umbrella valve winch yacht".split(
    " ",
  );

/** Proposals that have nothing in common, each with a quote of its own unless it has none. */
async function proposeMany(
  ctx: Ctx,
  make: Make,
  spaceId: string,
  subjects: string[],
  given: Partial<NewProposal> = {},
) {
  const said = await make.message({ spaceId });
  const evidence = [{ messageId: said.id, revision: 1, start: 0, end: 12, quote: said.text.slice(0, 12) }];
  const proposals = subjects.map((title): NewProposal => {
    const details = ProposalDetails.parse({ noteType: "Task" });
    return {
      kind: "task",
      title,
      body: "",
      details,
      confidence: "strong",
      reasons: [],
      evidence,
      recommendation: { action: "new", why: null },
      ...given,
    };
  });
  const about = { spaceId, runId: null, batchId: null, generatedBy: "rules" };
  return transaction(ctx.db, (tx) => propose(tx, ctx, { ...about, proposals }));
}

test("is saved only where enough decisions of people speak for it, with the figures where not", async ({
  as,
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const vera = as((await make.user({ spaceId })).actor);
  const ids: string[] = [];
  for (const subject of SUBJECTS) ids.push(...(await proposeMany(ctx, make, spaceId, [subject])));
  const rule = { spaceId, name: "Strong tasks", conditions, auditShare: 20, leastPrecision: 95 };
  for (const proposalId of ids.slice(0, 10)) await approve(vera, { spaceId, proposalId, version: 1 });
  await expect(saveRule(vera, rule)).rejects.toThrow("would have approved 10; at least 20 are needed");

  // What the system decided, or nobody yet, says nothing.
  await approve(ctx, { spaceId, proposalId: ids[10]!, version: 1 });
  for (const proposalId of ids.slice(11, 20)) await approve(vera, { spaceId, proposalId, version: 1 });
  await reject(vera, { spaceId, proposalId: ids[20]!, version: 1, code: "wrong" });
  await edit(vera, { spaceId, proposalId: ids[21]!, version: 1, title: "Something else" });
  await approve(vera, { spaceId, proposalId: ids[21]!, version: 2 });
  const proof = await backtest(vera, { spaceId, conditions });
  expect(proof).toMatchObject({ decisions: 21, wouldApprove: 21, ofThoseApproved: 19 });
  expect(new Set(proof.examplesWrong)).toEqual(new Set(ids.slice(20, 22)));
  expect(await backtest(vera, { spaceId, conditions: { ...conditions, leastPeople: 2 } })).toMatchObject({
    wouldApprove: 0,
    precision: null,
  });
  await expect(saveRule(vera, rule)).rejects.toThrow("people approved 19 as they stood (90 %)");
  const { ruleId } = await saveRule(vera, { ...rule, leastPrecision: 90 });
  expect(await listRules(vera, { spaceId })).toMatchObject([
    { id: ruleId, isOn: true, backtest: { wouldApprove: 21 }, live: { audited: 0, precision: null } },
  ]);
  // Its own look at the past is taken again when it is switched on.
  await switchRule(vera, { spaceId, ruleId, isOn: false });
  for (const proposalId of ids.slice(22)) await reject(vera, { spaceId, proposalId, version: 1 });
  await expect(switchRule(vera, { spaceId, ruleId, isOn: true })).rejects.toThrow("less than the 90 %");
});

test("approves what it is for and nothing that is for people, and is switched off by what people say of it", async ({
  as,
  ctx,
  db,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const vera = as((await make.user({ spaceId })).actor);
  const at = new Date(Date.now() - 1_000);
  const rule = await db.prisma.approvalRule.create({
    data: {
      ...{ id: (await make.space()).id, spaceId, name: "Strong tasks", conditions, auditShare: 5, leastPrecision: 80 },
      ...{
        backtest: { from: null, decisions: 0, wouldApprove: 0, ofThoseApproved: 0, precision: null, examplesWrong: [] },
      },
      ...{ createdBy: vera.actor, createdAt: at, updatedAt: at },
    },
  });
  const ids: string[] = [];
  for (const subject of SUBJECTS.slice(0, 7)) {
    ids.push(...(await proposeMany(ctx, make, spaceId, [subject])));
  }
  const { rows: jobs } = await db.pool.query(
    "select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'proposals.applyRules'",
  );
  expect(jobs).toHaveLength(7);
  const unproven = await proposeMany(ctx, make, spaceId, ["A letter to the mayor"], { evidence: [] });
  const weak = await proposeMany(ctx, make, spaceId, ["Buy bread for Monday"], { confidence: "weak" });
  const retiring = await proposeMany(ctx, make, spaceId, ["Close the swimming pool"], {
    details: ProposalDetails.parse({ noteType: "Task", retires: { noteId: rule.id, title: "Open" } }),
  });
  const missed = await proposeMany(ctx, make, spaceId, ["Sweep the boathouse"]);
  await db.prisma.proposal.updateMany({ where: { id: { in: missed } }, data: { isMissed: true } });
  const forPeople = [...unproven, ...weak, ...retiring, ...missed];
  // Twice: a job may run again.
  for (let time = 0; time < 2; time += 1) await applyRules(ctx, { spaceId, proposalIds: [...ids, ...forPeople] });

  const pending = await db.prisma.proposal.findMany({ where: { spaceId, status: "pending" } });
  expect(pending.map((each) => each.id).toSorted()).toEqual(forPeople.toSorted());
  const approved = await db.prisma.proposal.findMany({
    where: { id: { in: ids } },
    include: { audit: true },
    orderBy: { id: "asc" },
  });
  for (const each of approved) {
    expect(each).toMatchObject({ autoRuleId: rule.id, decidedBy: { type: "system", name: "Rule “Strong tasks”" } });
  }
  const audited = approved.filter((each) => each.audit);
  expect(audited).toHaveLength(5 + approved.slice(5).filter((each) => isInSample(each.id, 5)).length);
  expect((await listAudits(ctx, { spaceId })).count).toBe(audited.length);

  const [first, second, third, fourth, fifth] = audited.map((each) => each.id) as [
    string,
    string,
    string,
    string,
    string,
  ];
  for (const proposalId of [first, second, third]) await recordVerdict(vera, { spaceId, proposalId, wasRight: true });
  await recordVerdict(vera, { spaceId, proposalId: fourth, wasRight: false });
  expect(await listRules(ctx, { spaceId })).toMatchObject([{ isOn: true, live: { audited: 4, right: 3 } }]);
  // Taken back by a person: that is a verdict too.
  await undo(vera, { spaceId, proposalId: fifth, version: 2 });
  expect(await listRules(ctx, { spaceId })).toMatchObject([
    {
      isOn: false,
      offReason: "Of the last 5 that people looked at, 3 were right (60 %): less than 80 %.",
      approved: 6,
    },
  ]);
  const types = (await eventsSince(db, { spaceId, after: 0 })).map((event) => event.type);
  expect(types.filter((type) => type === "audit.recorded")).toHaveLength(5);
  expect(types).toContain("rule.changed");
  expect(await proposeMany(ctx, make, spaceId, ["A quiet day"])).toHaveLength(1);
  await applyRules(ctx, { spaceId, proposalIds: [fifth] });
  expect(await db.prisma.proposal.findUnique({ where: { id: fifth } })).toMatchObject({
    status: "pending",
    autoRuleId: null,
  });
  const elsewhere = { spaceId: (await make.space()).id, proposalId: first, wasRight: true };
  await expect(recordVerdict(vera, elsewhere)).rejects.toMatchObject({ code: "not_found" });
});

test("a rule that would have approved what somebody made into something else first was wrong about it", async ({
  as,
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const vera = as((await make.user({ spaceId })).actor);
  const details = ProposalDetails.parse({ noteType: "Task", category: "chore" });
  const [id] = await proposeMany(ctx, make, spaceId, ["Paint the buoy"], { details });
  await edit(vera, { spaceId, proposalId: id!, version: 1, details: { category: "bug" } });
  await edit(vera, { spaceId, proposalId: id!, version: 2, details: { category: "question" } });
  await approve(vera, { spaceId, proposalId: id!, version: 3 });
  const of = (category: "chore" | "question") =>
    backtest(vera, { spaceId, conditions: { ...conditions, categories: [category] } });
  expect(await of("chore")).toMatchObject({ wouldApprove: 1, ofThoseApproved: 0 });
  expect(await of("question")).toMatchObject({ wouldApprove: 0 });
});

test("an undo and a rule that approves in the same run do not wait for each other", async ({ as, ctx, db, make }) => {
  const run = await make.run();
  const { spaceId } = run;
  const vera = as((await make.user({ spaceId })).actor);
  const rule = await makeRule(db, spaceId);
  const { id: proposalId } = await make.proposal({ runId: run.id });
  await applyRules(ctx, { spaceId, proposalIds: [proposalId] });
  let undoing: Promise<unknown> | undefined;
  // As a rule does it that approves another one: its own row, then the run's.
  await transaction(db, async (tx) => {
    await tx.query("select from approval_rules where id = $1 for update", [rule.id]);
    undoing = undo(vera, { spaceId, proposalId, version: 2 });
    await expect
      .poll(async () => {
        const { rows } = await db.pool.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return rows.length;
      })
      .toBe(1);
    await tx.query("update runs set proposals_pending = proposals_pending where id = $1", [run.id]);
  });
  await expect(undoing).resolves.toMatchObject({ status: "pending" });
});

test("a rule that was changed meanwhile does not approve by what it was", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const rule = await makeRule(db, spaceId);
  const [id] = await proposeMany(ctx, make, spaceId, ["Paint the buoy"]);
  let applying: Promise<void> | undefined;
  await transaction(db, async (tx) => {
    await tx.query("update approval_rules set conditions = $2, updated_at = now() where id = $1", [
      rule.id,
      { ...conditions, kinds: ["note"] },
    ]);
    applying = applyRules(ctx, { spaceId, proposalIds: [id!] });
    await expect
      .poll(async () => {
        const { rows } = await db.pool.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return rows.length;
      })
      .toBe(1);
  });
  await applying;
  expect(await db.prisma.proposal.findUnique({ where: { id: id! } })).toMatchObject({ status: "pending" });
});

/** A rule for strong tasks that is on. */
function makeRule(db: Db, spaceId: string) {
  const at = new Date(Date.now() - 1_000);
  const none = { from: null, decisions: 0, wouldApprove: 0, ofThoseApproved: 0, precision: null, examplesWrong: [] };
  return db.prisma.approvalRule.create({
    data: {
      ...{ id: newId(), spaceId, name: "Strong tasks", conditions, auditShare: 5, leastPrecision: 80 },
      ...{ backtest: none, createdBy: { type: "system", name: "test" }, createdAt: at, updatedAt: at },
    },
  });
}
