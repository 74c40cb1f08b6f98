import { describe, expect } from "vitest";

import { live, outcomes, test } from "#tests/support/llm.ts";

const MODEL = "text-embedding-3-small";

const dot = (one: Float32Array, other: Float32Array) => one.reduce((sum, number, at) => sum + number * other[at]!, 0);
const vectors = (...embeddings: unknown[]) => ({
  type: "json" as const,
  value: { data: embeddings.map((embedding, index) => ({ index, embedding })) },
});

describe("texts", () => {
  test("are vectors of length 1, near to each other where they mean the same", async ({
    model,
    llm,
    spaceId,
    calls,
  }) => {
    const texts = [
      "The harbour permit is due on Friday",
      "When is the harbour permit due?",
      "Nora bought a red bicycle",
    ];
    const found = await llm().embed(texts, { spaceId, signal: live(), model: MODEL });
    const [permit, question, bicycle] = found!;
    for (const vector of found!) expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 5);
    expect(dot(permit!, question!)).toBeGreaterThan(dot(bicycle!, question!) + 0.2);
    expect(model.embedded).toEqual([{ model: MODEL, texts, isBase64: false }]);
    expect(await calls()).toMatchObject([
      { useCase: "llm.embed", model: MODEL, outcome: "ok", inputTokens: 30, outputTokens: 0, costUsd: "0.000001" },
    ]);
  });

  test("are asked for in the endpoint's measure, and come back in their order", async ({ model, llm, spaceId }) => {
    const texts = Array.from({ length: 600 }, (_, at) => `text${at}`);
    const one = llm();
    const found = await one.embed(texts, { spaceId, signal: live(), model: MODEL });
    expect(model.embedded.map((request) => request.texts.length)).toEqual([256, 256, 88]);
    const [last] = (await one.embed(["text599"], { spaceId, signal: live(), model: MODEL }))!;
    expect(found).toHaveLength(600);
    expect(found![599]).toEqual(last);
    expect(found![0]).not.toEqual(last);
  });

  test("that are long, empty or broken do no harm", async ({ model, llm, spaceId }) => {
    const long = Array.from({ length: 30 }, () => "word ".repeat(4_000));
    const found = await llm().embed(["", " \n", "half \ud83d", ...long], { spaceId, signal: live(), model: MODEL });
    expect(found).toHaveLength(33);
    expect(model.embedded[0]?.texts.slice(0, 3)).toEqual(["(empty)", "(empty)", "half \ufffd"]);
    expect(model.embedded).toHaveLength(3);
    expect(model.embedded.flatMap((request) => request.texts).every((text) => text.length <= 8_000)).toBe(true);
  });

  test("that are none ask nobody", async ({ model, llm, spaceId }) => {
    expect(await llm().embed([], { spaceId, signal: live(), model: MODEL })).toEqual([]);
    expect(model.embedded).toEqual([]);
  });

  test("may come back in another order", async ({ model, llm, spaceId }) => {
    const data = [
      { index: 1, embedding: [0, 2] },
      { index: 0, embedding: [3, 4] },
    ];
    model.nextAt("embeddings", { type: "json", value: { data } });
    const found = await llm().embed(["a", "b"], { spaceId, signal: live(), model: MODEL });
    expect(found).toEqual([Float32Array.of(0.6, 0.8), Float32Array.of(0, 1)]);
  });
});

describe("an endpoint without embeddings", () => {
  for (const status of [404, 405, 501, 400]) {
    test(`(${status}) gives none, and is asked again after ten minutes`, async ({ model, llm, spaceId, calls }) => {
      let nowMs = Date.now();
      const one = llm({}, {}, () => new Date(nowMs));
      const ask = () => one.embed(["boats"], { spaceId, signal: live(), model: MODEL });
      model.nextAt("embeddings", { type: "status", status });
      expect(await ask()).toBeNull();
      nowMs += 599_000;
      expect(await ask()).toBeNull();
      expect(model.embedded).toHaveLength(1);
      expect(outcomes(await calls())).toEqual(["refused"]);

      expect(await one.embed(["boats"], { spaceId, signal: live(), model: "another" })).toHaveLength(1);
      nowMs += 2_000;
      expect(await ask()).toHaveLength(1);
    });
  }

  test("is not meant by one that has answered before and dislikes a text", async ({ model, llm, spaceId }) => {
    const one = llm();
    const ask = () => one.embed(["boats"], { spaceId, signal: live(), model: MODEL });
    expect(await ask()).toHaveLength(1);
    model.nextAt("embeddings", { type: "status", status: 400 });
    expect(await ask()).toBeNull();
    expect(await ask()).toHaveLength(1);
  });
});

describe("vectors that do not fit", () => {
  for (const [what, reply] of [
    ["one too few", vectors([1, 0])],
    ["one too many", vectors([1, 0], [0, 1], [1, 1])],
    ["another length", vectors([1, 0], [0, 1, 0])],
    ["no direction", vectors([1, 0], [0, 0])],
    ["no numbers", vectors([1, 0], ["one", 0])],
    ["nothing at all", { type: "json", value: null }],
  ] as const) {
    test(`(${what}) are asked for once more, then an error says so`, async ({ model, llm, spaceId, calls }) => {
      model.nextAt("embeddings", reply, reply);
      await expect(llm().embed(["a", "b"], { spaceId, signal: live(), model: MODEL })).rejects.toMatchObject({
        code: "unavailable",
      });
      expect(outcomes(await calls())).toEqual(["bad_answer", "bad_answer"]);
    });
  }
});

test("an endpoint that is down is an error, one that is busy is waited for", async ({ model, llm, spaceId, calls }) => {
  const ask = () => llm().embed(["boats"], { spaceId, signal: live(), model: MODEL });
  model.nextAt("embeddings", { type: "status", status: 429, retryAfterS: 0.05 });
  expect(await ask()).toHaveLength(1);
  const down = { type: "status", status: 500 } as const;
  model.nextAt("embeddings", down, down, down, { type: "status", status: 401 });
  await expect(ask()).rejects.toMatchObject({ code: "unavailable" });
  await expect(ask()).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("OPENAI_API_KEY"),
  });
  expect(outcomes(await calls())).toEqual([
    "rate_limited",
    "ok",
    "unavailable",
    "unavailable",
    "unavailable",
    "refused",
  ]);
});
