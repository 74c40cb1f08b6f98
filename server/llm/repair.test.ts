import { describe, expect } from "vitest";
import { z } from "zod";

import type { Reply } from "#tests/support/fake-model-replies.ts";
import { live, outcomes, test } from "#tests/support/llm.ts";

import { defineDecision, tagged } from "./index.ts";

const GUESTS = ["Nora", "Timo"];
const invite = defineDecision({
  useCase: "test.invite",
  version: 1,
  trust: "untrusted",
  output: z.object({ guests: z.array(z.string()) }),
  system: "Name the guests.",
  prompt: (input: { text: string }) => tagged("text", {}, input.text),
  complaint: ({ guests }) => {
    const strangers = guests.filter((guest) => !GUESTS.includes(guest));
    return strangers.length > 0 ? `there is no guest called ${strangers.join(", ")}.` : null;
  },
  rules: () => ({ guests: [] }),
});
const INPUT = { text: "Nora and Timo come." };
const GOOD: Reply = { type: "json", value: { guests: ["Nora"] } };

describe("an answer that cannot be used", () => {
  const kinds: Array<[what: string, reply: Reply, why: RegExp, said: string, outcome: string]> = [
    ["broken JSON", { type: "text", text: '{"guests": [' }, /it is not JSON/u, '{"guests": [', "bad_answer"],
    ["prose", { type: "text", text: "Sure! Nora." }, /it is not JSON/u, "Sure! Nora.", "bad_answer"],
    ["another shape", { type: "json", value: { guests: "Nora" } }, /guests/u, '{"guests":"Nora"}', "bad_answer"],
    ["nothing", { type: "text", text: " " }, /it was empty/u, "(no answer)", "bad_answer"],
    ["a refusal", { type: "refusal" }, /you declined/u, "(no answer)", "refused"],
    [
      "someone who does not exist",
      { type: "json", value: { guests: ["Eve"] } },
      /there is no guest called Eve/u,
      '{"guests":["Eve"]}',
      "bad_answer",
    ],
  ];
  test.for(kinds)(
    "as %s is asked for once more, with the reason",
    async ([, reply, why, said, outcome], { model, llm, spaceId, calls }) => {
      model.next(reply, GOOD);
      const decided = await llm().decide(invite, INPUT, { spaceId, signal: live() });
      expect(decided).toMatchObject({ output: { guests: ["Nora"] }, fellBack: false });
      const [, repaired] = model.requests;
      expect(repaired?.said.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
      expect(repaired?.said[2]?.content).toBe(said);
      expect(repaired?.said[3]?.content).toMatch(why);
      expect(outcomes(await calls())).toEqual([outcome, "ok"]);
    },
  );

  test("a second time is an error that says what went wrong", async ({ model, llm, spaceId, calls }) => {
    const refused = { type: "refusal" } as const;
    const endings: Array<[Reply, RegExp]> = [
      [{ type: "text", text: "No JSON." }, /it is not JSON/u],
      [{ type: "json", value: { guests: 4 } }, /does not have the shape asked for/u],
      [{ type: "text", text: "" }, /it was empty/u],
      [refused, /declined to answer/u],
    ];
    for (const [last, words] of endings) {
      model.next(refused, last);
      const failing = llm().decide(invite, INPUT, { spaceId, signal: live() });
      await expect(failing).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(words) });
    }
    expect(outcomes(await calls()).filter((outcome) => outcome === "ok")).toEqual([]);
    expect(model.requests).toHaveLength(8);
  });

  test("a second time for what is not true in it alone is used all the same", async ({
    model,
    llm,
    spaceId,
    calls,
  }) => {
    model.next({ type: "json", value: { guests: ["Eve"] } }, { type: "json", value: { guests: ["Nora", "Mallory"] } });
    const decided = await llm().decide(invite, INPUT, { spaceId, signal: live() });
    expect(decided.output).toEqual({ guests: ["Nora", "Mallory"] });
    expect(outcomes(await calls())).toEqual(["bad_answer", "bad_answer"]);
  });

  test("the second time at all leaves the first, where that was only not true", async ({ model, llm, spaceId }) => {
    model.next({ type: "json", value: { guests: ["Nora", "Eve"] } }, { type: "text", text: "No." });
    const decided = await llm().decide(invite, INPUT, { spaceId, signal: live() });
    expect(decided).toMatchObject({ output: { guests: ["Nora", "Eve"] }, fellBack: false });
  });

  test("is said back to the model shortened", async ({ model, llm, spaceId }) => {
    model.next({ type: "text", text: "no ".repeat(10_000) }, GOOD);
    await llm().decide(invite, INPUT, { spaceId, signal: live() });
    expect(model.requests[1]?.said[2]?.content.length).toBeLessThan(5_000);
  });
});

test("what the endpoint had in its cache is kept, and costs less", async ({ db, model, llm, spaceId }) => {
  model.next({ type: "json", value: { guests: [] }, cachedTokens: 800 });
  await llm().decide(invite, INPUT, { spaceId, signal: live() });
  const [row] = await db.prisma.llmCall.findMany({ where: { spaceId } });
  expect(row).toMatchObject({ inputTokens: 1000, cachedTokens: 800, promptKey: "1", providerId: null });
  // 200 read at $0.40, 800 from the cache at $0.10, 100 written at $1.60, each for a million.
  expect(row?.costUsd?.toString()).toBe("0.00032");
});
