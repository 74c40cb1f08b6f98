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
