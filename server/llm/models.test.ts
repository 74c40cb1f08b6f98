import { describe, expect } from "vitest";

import { live, test } from "#tests/support/llm.ts";

describe("the models to choose from", () => {
  test("are the endpoint's, the one that is set first, without what is no id", async ({ model, llm, calls }) => {
    model.offer({ models: ["gpt-5", "gpt-4.1-mini", "meta-llama/Llama-3.1:free", "gpt-5", "two words", "<b>", ""] });
    expect(await llm().models(live())).toEqual(["gpt-4.1-mini", "gpt-5", "meta-llama/Llama-3.1:free"]);
    expect(await calls()).toEqual([]);
  });

  test("are asked for every five minutes, once for all who ask", async ({ model, llm }) => {
    let nowMs = Date.now();
    const one = llm({}, {}, () => new Date(nowMs));
    model.offer({ models: ["gpt-5"] });
    await Promise.all([one.models(live()), one.models(live())]);
    nowMs += 299_000;
    await one.models(live());
    expect(model.listed()).toBe(1);
    nowMs += 2_000;
    model.offer({ models: ["gpt-6"] });
    expect(await one.models(live())).toEqual(["gpt-4.1-mini", "gpt-6"]);
  });

  test("are at most 200", async ({ model, llm }) => {
    model.offer({ models: Array.from({ length: 300 }, (_, at) => `model-${at}`) });
    expect(await llm().models(live())).toHaveLength(200);
  });

  for (const [what, reply] of [
    ["has no list", { type: "status", status: 404 }],
    ["is down", { type: "status", status: 500 }],
    ["is cut", { type: "cut", at: "middle" }],
    ["talks nonsense", { type: "json", value: { data: "all of them" } }],
    ["lists nonsense", { type: "json", value: { data: [null, 4, { id: 5 }, {}] } }],
  ] as const) {
    test(`are the one that is set where the endpoint ${what}`, async ({ model, llm }) => {
      model.nextAt("models", reply);
      expect(await llm().models(live())).toEqual(["gpt-4.1-mini"]);
    });
  }

  test("are asked for again soon after an endpoint was away", async ({ model, llm }) => {
    let nowMs = Date.now();
    const one = llm({}, {}, () => new Date(nowMs));
    model.offer({ models: ["gpt-5"] });
    model.nextAt("models", { type: "status", status: 503 });
    expect(await one.models(live())).toEqual(["gpt-4.1-mini"]);
    nowMs += 31_000;
    expect(await one.models(live())).toEqual(["gpt-4.1-mini", "gpt-5"]);
  });

  test("are not waited for by whoever stops", async ({ model, llm }) => {
    model.nextAt("models", { type: "hang" });
    const stop = new AbortController();
    const settled = expect(llm().models(stop.signal)).rejects.toMatchObject({ code: "cancelled" });
    await expect.poll(() => model.listed()).toBe(1);
    stop.abort();
    await settled;
  });
});
