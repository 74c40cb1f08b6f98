import { describe, expect, test } from "vitest";

import { estimateOf } from "./estimate.ts";
import { timeLeft } from "./queries.ts";

const plan = { messages: Array.from({ length: 10 }, () => ({ text: "x".repeat(300) })), batches: [1] };

describe("what a run will take", () => {
  test("without runs before it is counted from characters, and said of what is read alone", () => {
    const { basis, inputTokens, outputTokens, costUsd } = estimateOf(plan, "gpt-4.1-mini", null);
    expect({ basis, outputTokens }).toEqual({ basis: "characters", outputTokens: null });
    expect(inputTokens).toBeGreaterThan((10 * 300) / 4);
    expect(costUsd).toBeCloseTo((inputTokens * 0.4) / 1e6);
  });

  test("with runs before it is what a message of theirs took", () => {
    const past = { messages: 100, inputTokens: 20_000, outputTokens: 3_000 };
    expect(estimateOf(plan, "gpt-4.1-mini", past)).toEqual({
      ...{ basis: "runs", inputTokens: 2_000, outputTokens: 300 },
      costUsd: (2_000 * 0.4 + 300 * 1.6) / 1e6,
    });
    expect(estimateOf(plan, "gpt-4.1-mini", { ...past, messages: 5 }).basis).toBe("characters");
  });

  test("costs an unknown amount where the price is not known", () => {
    expect(estimateOf(plan, "house-model", null).costUsd).toBeNull();
  });
});

describe("how long it has still to go", () => {
  const now = new Date("2026-11-24T09:00:00Z");
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
  const done = { status: "done", startedAt: ago(30), finishedAt: ago(20) } as const;
  const running = { status: "running", startedAt: ago(4), finishedAt: null } as const;
  const pending = { status: "pending", startedAt: null, finishedAt: null } as const;

  test("is what the last batches took, for as many at once as there are", () => {
    expect(timeLeft([done, running, running, pending, pending], now)).toBe((2 * 10_000 + 2 * 6_000) / 2);
  });

  test("is not known before one is done, and nothing when all are", () => {
    expect(timeLeft([running, pending], now)).toBeNull();
    expect(timeLeft([done], now)).toBe(0);
  });
});
