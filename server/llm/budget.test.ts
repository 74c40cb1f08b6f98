import { describe, expect } from "vitest";
import { z } from "zod";

import type { Db } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { setSetting } from "#server/settings/index.ts";
import { live, test } from "#tests/support/llm.ts";

import { defineDecision } from "./index.ts";
import { costUsd } from "./prices.ts";
import { monthsSpending } from "./spending.ts";

const greet = defineDecision({
  useCase: "analysis.greet",
  version: 1,
  trust: "untrusted",
  output: z.object({}),
  system: "Greet.",
  prompt: () => "Hello?",
  rules: () => ({}),
});
const NOW = new Date("2026-11-24T12:00:00Z");

/** A call that was made, and what it cost in dollars. */
function spend(
  db: Db,
  given: { spaceId: string; costUsd: number | null; at?: string; runId?: string; useCase?: string; model?: string },
) {
  return db.prisma.llmCall.create({
    data: {
      ...{
        id: newId(),
        spaceId: given.spaceId,
        useCase: given.useCase ?? "analysis.greet",
        promptVersion: 1,
        attempt: 1,
      },
      ...{ provider: "openai", model: given.model ?? "gpt-4.1-mini", outcome: "ok", latencyMs: 5 },
      ...{
        costUsd: given.costUsd,
        inputTokens: 10,
        outputTokens: 5,
        startedAt: new Date(given.at ?? "2026-11-02T00:00:00Z"),
      },
      ...(given.runId && { runId: given.runId }),
    },
  });
}

describe("a budget", () => {
  test("of a month stops every call once it is spent, and says what to do", async ({
    ctx,
    model,
    llm,
    spaceId,
    db,
  }) => {
    const one = llm({}, {}, () => NOW);
    const ask = () => one.decide(greet, {}, { spaceId, signal: live() });
    model.always({ type: "json", value: {} });
    await spend(db, { spaceId, costUsd: 1.5, at: "2026-11-01T00:00:00Z" });
    await spend(db, { spaceId, costUsd: null });
    // Another month, and another space.
    await spend(db, { spaceId, costUsd: 90, at: "2026-10-31T23:59:59.999Z" });
    await ask();

    await setSetting(ctx, { spaceId, key: "models.monthBudgetCents", value: 160 });
    expect(await one.whyNoMoney({ spaceId })).toBeNull();
    await ask();
    await spend(db, { spaceId, costUsd: 0.1 });
    const asked = model.requests.length;
    await expect(ask()).rejects.toMatchObject({
      code: "over_budget",
      message: expect.stringMatching(/cost \$1\.60 this month, and the budget is \$1\.60.*raise the budget/u),
    });
    await expect(one.step({ ...greet, messages: [], tools: [] }, { spaceId, signal: live() })).rejects.toMatchObject({
      code: "over_budget",
    });
    const embedding = { spaceId, model: "text-embedding-3-small", signal: live() };
    expect(await one.embed(["boats"], embedding)).toBeNull();
    expect([model.requests.length, model.embedded.length]).toEqual([asked, 0]);
    expect(await one.whyNoMoney({ spaceId })).toContain("$1.60");
    await setSetting(ctx, { spaceId, key: "models.monthBudgetCents", value: 0 });
    await ask();
  });

  test("of a run is that run's alone, and looked at before each attempt", async ({ make, model, llm, spaceId, db }) => {
    const [runId, other] = [(await make.run({ spaceId })).id, (await make.run({ spaceId, status: "closed" })).id];
    const one = llm({}, {}, () => NOW);
    const ask = (run: string) => one.decide(greet, {}, { spaceId, runId: run, runBudgetCents: 1, signal: live() });
    await spend(db, { spaceId, costUsd: 5, runId: other });
    await spend(db, { spaceId, costUsd: 0.0095, runId });
    // The first answer spends the rest, and is of no use.
    model.next({ type: "text", text: "No JSON." });
    model.always({ type: "json", value: {} });
    await expect(ask(runId)).rejects.toMatchObject({
      code: "over_budget",
      message: expect.stringMatching(/^This run has spent \$0\.0101 of its \$0\.0100/u),
    });
    expect(model.requests).toHaveLength(1);
    await expect(ask(other)).rejects.toMatchObject({ code: "over_budget" });
    await expect(one.decide(greet, {}, { spaceId, runId, signal: live() })).resolves.toMatchObject({ fellBack: false });
  });
});

test("spending is told by month, model and use, with the calls whose price nobody knows", async ({
  as,
  spaceId,
  db,
}) => {
  const ctx = { ...as({ type: "system", name: "test" }), now: () => NOW };
  await spend(db, { spaceId, costUsd: 0.5 });
  await spend(db, { spaceId, costUsd: 0.25, useCase: "assistant.ask", model: "gpt-4.1" });
  await spend(db, { spaceId, costUsd: null, useCase: "assistant.ask", model: "llama3.1" });
  await spend(db, { spaceId, costUsd: 70, at: "2026-10-30T00:00:00Z" });
  const spent = await monthsSpending(ctx, { spaceId });
  expect(spent).toMatchObject({ month: "2026-11", costUsd: 0.75, callsWithoutPrice: 1, budgetCents: 0 });
  expect(spent.byModel.map(({ model, costUsd: cost, calls }) => [model, cost, calls])).toEqual([
    ["gpt-4.1-mini", 0.5, 1],
    ["gpt-4.1", 0.25, 1],
    ["llama3.1", 0, 1],
  ]);
  expect(spent.byUse).toEqual([
    {
      use: "extraction",
      calls: 1,
      inputTokens: 10,
      outputTokens: 5,
      cachedTokens: 0,
      costUsd: 0.5,
      callsWithoutPrice: 0,
    },
    {
      use: "answers",
      calls: 2,
      inputTokens: 20,
      outputTokens: 10,
      cachedTokens: 0,
      costUsd: 0.25,
      callsWithoutPrice: 1,
    },
  ]);
});

test("a price is found behind a maker's name and a date, and nowhere else", () => {
  const price = (model: string) => costUsd(model, 1_000_000, 0);
  expect(
    ["gpt-4.1-mini", "openai/gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", "anthropic/claude-sonnet-4"].map(price),
  ).toEqual([0.4, 0.4, 0.4, 3]);
  expect(["llama3.1", "acme/gpt-4.1-mini", "openai/gpt-4.1-mini:free", "gpt-4.1-mini-x"].map(price)).toEqual(
    Array(4).fill(null),
  );
});

test.each(["constructor", "__proto__", "toString"])("a model called %s has no price", (model) => {
  expect(costUsd(model, 1_000, 1_000)).toBeNull();
});
