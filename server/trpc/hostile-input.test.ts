import { expect } from "vitest";

import { openApp } from "#tests/support/app.ts";
import { signIn } from "#tests/support/sign-in.ts";
import { test as base } from "#tests/support/test.ts";

// Guarantee: whatever a caller writes into a field, it is an answer in words and never a failure of ours.

const test = base.extend<{ world: Awaited<ReturnType<typeof openApp>> & { spaceId: string; cookie: string } }>({
  world: async ({ ctx, make }, use) => {
    const opened = await openApp(ctx);
    const { id: spaceId } = await make.space();
    const { email } = await make.user({ spaceId, role: "admin" });
    await use({ ...opened, spaceId, cookie: await signIn(opened.auth, email) });
    await opened.close();
  },
});

const ODD_TEXTS = [
  ..."\0|a\0b|\ud800|a\udfffb|%|_|\\|'|''\\|a' | !( 'b|:*|\u202e|__proto__|constructor".split("|"),
  "x".repeat(20_000),
];

test("odd texts, numbers and days in any field are refused or taken", async ({ world, make }) => {
  const { call, cookie, spaceId } = world;
  const { id: runId } = await make.run({ spaceId });
  const { id: proposalId } = await make.proposal({ runId });
  const one = { spaceId, proposalId };
  const seen = { ...one, version: 7 };
  const queries = ODD_TEXTS.flatMap((odd): [string, object][] => [
    ["shell.bySlug", { slug: odd }],
    ["proposals.list", { spaceId, search: odd }],
    ["proposals.list", { spaceId, search: odd, kind: "task" }],
    ["proposals.mergeTargets", { ...one, search: odd }],
    ["messages.list", { spaceId, search: odd }],
    ["knowledge.search", { spaceId, query: odd }],
  ]);
  const days = [new Date(-8.64e15), new Date(-3e14), new Date(8.64e15), new Date(Number.NaN)];
  queries.push(
    ...days.map((day): [string, object] => ["runs.preview", { spaceId, windowStart: day, windowEnd: new Date() }]),
    ...days.map((day): [string, object] => ["runs.preview", { spaceId, windowStart: new Date(0), windowEnd: day }]),
  );
  const mutations = ODD_TEXTS.flatMap((odd): [string, object][] => [
    ["proposals.reject", { ...seen, reason: odd }],
    ["proposals.bulk", { spaceId, action: "reject", reason: odd, items: [{ proposalId, version: 7 }] }],
    ["settings.set", { spaceId, key: "kb.lockTimeoutS", value: odd }],
  ]);
  for (const version of [0, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, 1e308]) {
    for (const path of ["approve", "reject", "undo", "edit"])
      mutations.push([`proposals.${path}`, { ...one, version }]);
    mutations.push(["proposals.bulk", { spaceId, action: "approve", items: [{ proposalId, version }] }]);
  }
  const broken: unknown[] = [];
  for (const [type, calls] of Object.entries({ query: queries, mutation: mutations })) {
    for (const [path, input] of calls) {
      const { status } = await call({ path, type, input, cookie });
      if (status >= 500) broken.push([path, JSON.stringify(input).slice(0, 150)]);
    }
  }
  expect(broken).toEqual([]);
});

test("the same goes for runs, models, prompts, rules, topics and what a team told", async ({ world, db, make }) => {
  const { call, cookie, spaceId } = world;
  const { id: runId } = await make.run({ spaceId, status: "closed" });
  const { id: batchId } = await make.batch({ runId });
  await db.prisma.batch.update({ where: { id: batchId }, data: { status: "done" } });
  const window = { windowStart: new Date("2026-11-20T08:00:00Z"), windowEnd: new Date("2026-11-21T08:00:00Z") };
  const baseUrl = "http://192.0.2.1/v1";
  const rule = { name: "Ours", conditions: {} };
  const queries = ODD_TEXTS.flatMap((odd): [string, object][] => [
    ["runs.preview", { ...window, model: odd }],
    ["knowledge.search", { query: "buoy", filters: { types: [odd], topics: [odd], tags: [odd], authors: [odd] } }],
    ["rules.backtest", { conditions: { generatedBy: [odd] } }],
    ["models.available", { providerId: odd }],
  ]);
  for (const day of ["0000-01-01", "0001-01-01", "9999-12-31", "2026-02-30"]) {
    queries.push(["knowledge.search", { query: "", filters: { from: day, to: day } }]);
  }
  for (const cursor of [-1, 0.5, 2 ** 31, Number.MAX_SAFE_INTEGER])
    queries.push(["knowledge.search", { query: "a", cursor }]);
  const mutations = ODD_TEXTS.flatMap((odd): [string, object][] => [
    ["runs.create", { ...window, model: odd }],
    ["replays.start", { runId, model: odd }],
    ["replays.start", { runId, system: odd }],
    ["models.addProvider", { name: odd, kind: "compatible", baseUrl }],
    ["models.addProvider", { name: "x", kind: "compatible", baseUrl: odd }],
    ["models.addProvider", { name: "x", kind: "compatible", baseUrl: `http://${odd}/` }],
    ["models.addProvider", { name: "x", kind: "compatible", baseUrl, key: odd }],
    ["models.choose", { use: "extraction", choices: [{ providerId: null, model: odd }] }],
    ["prompts.change", { useCase: "analysis.extract", system: odd, seenVersion: 0 }],
    ["prompts.change", { useCase: odd, system: "Read.", seenVersion: 0 }],
    ["prompts.reset", { useCase: odd }],
    ["rules.save", { ...rule, name: odd }],
    ["rules.save", { ...rule, conditions: { generatedBy: [odd] } }],
    ["context.change", { seenVersion: 0, content: { about: odd, keywords: [odd] } }],
    ["context.change", { seenVersion: 0, content: { glossary: [{ term: odd, meaning: odd }] } }],
    ["context.change", { seenVersion: 0, content: { people: [{ name: odd, aliases: [odd], role: odd }] } }],
    ["settings.set", { key: "analysis.schedule", value: odd }],
    ["settings.set", { key: "analysis.autoHours", value: odd }],
    ["messages.setTimeZone", { chatId: runId, timeZone: odd }],
    ["knowledge.editTopic", { topicId: runId, name: odd, description: odd, aliases: [odd] }],
  ]);
  for (const number of [-1, 0.5, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, 1e308]) {
    mutations.push(
      ["context.change", { seenVersion: number, content: {} }],
      ["prompts.change", { useCase: "analysis.extract", system: "Read.", seenVersion: number }],
      ["runs.create", { ...window, budgetCents: number }],
      ["settings.set", { key: "models.monthBudgetCents", value: number }],
      ["rules.save", { ...rule, auditShare: number, leastPrecision: number }],
    );
  }
  const broken: unknown[] = [];
  for (const [type, calls] of Object.entries({ query: queries, mutation: mutations })) {
    for (const [path, input] of calls) {
      const { status } = await call({ path, type, input: { spaceId, ...input }, cookie });
      if (status >= 500) broken.push([path, JSON.stringify(input).slice(0, 150)]);
    }
  }
  expect(broken).toEqual([]);
});

test("a text that cannot be kept is refused in words, wherever in a proposal it stands", async ({ world, make }) => {
  const { call, cookie, spaceId } = world;
  const { id: runId } = await make.run({ spaceId });
  const { id: proposalId } = await make.proposal({ runId });
  for (const odd of ["a\0b", "a\ud800b"]) {
    for (const change of [
      { title: odd },
      { body: odd },
      { details: { topic: odd } },
      { details: { tags: [odd] } },
      { details: { assignee: { name: odd, contributorId: null } } },
    ]) {
      const input = { spaceId, proposalId, version: 1, ...change };
      const { status, error } = await call({ path: "proposals.edit", type: "mutation", input, cookie });
      expect([change, status, error?.message]).toMatchObject([change, 400, expect.stringMatching(/^The text has a/)]);
    }
  }
});

test("an edit of one field leaves the others as they are", async ({ world, db, make }) => {
  const { call, cookie, spaceId } = world;
  const { id: runId } = await make.run({ spaceId });
  const before = await make.proposal({
    runId,
    details: { tags: ["permit"], intent: "commitment", priority: "high", due: "2026-12-01" },
  });
  const input = { spaceId, proposalId: before.id, version: 1, details: { topic: "Pier 4", noteType: undefined } };
  expect(await call({ path: "proposals.edit", type: "mutation", input, cookie })).toMatchObject({ status: 200 });
  const { details } = await db.prisma.proposal.findUniqueOrThrow({ where: { id: before.id } });
  expect(details).toEqual({ ...Object(before.details), topic: "Pier 4" });
});
