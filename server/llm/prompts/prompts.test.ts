import { describe, expect } from "vitest";
import { z } from "zod";

import { eventsSince } from "#server/events/index.ts";
import { live, test } from "#tests/support/llm.ts";

import { DATA_NOT_INSTRUCTIONS } from "../decision.ts";
import { defineDecision, type PromptSource } from "../index.ts";
import { changePrompt, listPrompts } from "./changes.ts";
import { keyOfTrial } from "./words.ts";

const greet = defineDecision({
  useCase: "test.greet",
  version: 3,
  trust: "untrusted",
  output: z.object({}),
  system: "Greet.",
  prompt: () => "Hello?",
  rules: () => ({}),
});
const SOURCES: PromptSource[] = [{ ...greet, title: "Greeting", description: "How someone is greeted." }];
const CONVERSATION = { useCase: "test.greet", version: 3, system: "Greet.", messages: [], tools: [] };

describe("words of a space's own", () => {
  test("are said from the next call on, in each kind of call, and nowhere else", async ({
    ctx,
    make,
    model,
    llm,
    spaceId,
    db,
  }) => {
    const one = llm();
    const other = (await make.space()).id;
    await changePrompt(SOURCES, ctx, { spaceId, useCase: "test.greet", system: "Bow.", seenVersion: 0 });
    model.always({ type: "json", value: {} });
    expect(await one.decide(greet, {}, { spaceId, signal: live() })).toMatchObject({
      promptVersion: 3,
      promptKey: "3.1",
    });
    await one.step(CONVERSATION, { spaceId, signal: live() });
    await one.stream(CONVERSATION, { spaceId, signal: live(), onText: () => {} });
    expect(await one.decide(greet, {}, { spaceId: other, signal: live() })).toMatchObject({ promptKey: "3" });
    const systems = model.requests.map(({ system }) => system);
    expect(systems).toEqual([
      ...Array(3).fill(`Bow.\n\n${DATA_NOT_INSTRUCTIONS}`),
      `Greet.\n\n${DATA_NOT_INSTRUCTIONS}`,
    ]);
    const rows = await db.prisma.llmCall.findMany({ where: { spaceId } });
    expect(rows.map(({ promptKey }) => promptKey)).toEqual(["3.1", "3.1", "3.1"]);
    expect(await one.promptKey(spaceId, greet)).toBe("3.1");
    expect(await one.promptKey(other, greet)).toBe("3");
  });

  test("are gone with a reset, and can still be named by their key", async ({ ctx, model, llm, spaceId }) => {
    const change = (system: string | null, seenVersion: number) =>
      changePrompt(SOURCES, ctx, { spaceId, useCase: "test.greet", system, seenVersion });
    await change("Bow.", 0);
    await change("Wave.", 1);
    await change(null, 2);
    const one = llm();
    model.always({ type: "json", value: {} });
    const ask = async (given: { promptKey?: string; system?: string }) => {
      const { promptKey } = await one.decide(greet, {}, { spaceId, signal: live(), ...given });
      return [promptKey, model.requests.at(-1)?.system.split("\n")[0]];
    };
    expect(await ask({})).toEqual(["3", "Greet."]);
    expect(await ask({ promptKey: "3.1" })).toEqual(["3.1", "Bow."]);
    expect(await ask({ promptKey: "3.2" })).toEqual(["3.2", "Wave."]);
    await change("Nod.", 3);
    expect(await ask({})).toEqual(["3.4", "Nod."]);
    expect(await ask({ promptKey: "3" })).toEqual(["3", "Greet."]);
    expect(await ask({ system: "Shout." })).toEqual([keyOfTrial("Shout."), "Shout."]);
    expect(keyOfTrial("Shout.")).toMatch(/^try-[0-9a-f]{8}$/u);
    for (const promptKey of ["3.9", "3.3", "try-12345678", "x", "3.1; --"]) {
      await expect(ask({ promptKey })).rejects.toMatchObject({ code: "invalid_input" });
    }
  });
});

describe("a change of a prompt", () => {
  test("is kept with who made it and on what, and told", async ({ as, make, spaceId, db }) => {
    const ada = as((await make.user({ spaceId, role: "admin", name: "Ada" })).actor);
    const [before] = await listPrompts(SOURCES, ada, { spaceId });
    expect(before).toEqual({
      ...{ useCase: "test.greet", title: "Greeting", description: "How someone is greeted.", version: 3 },
      ...{ own: "Greet.", override: null, history: [] },
    });
    await changePrompt(SOURCES, ada, { spaceId, useCase: "test.greet", system: "Bow.", seenVersion: 0 });
    const [changed] = await listPrompts(SOURCES, ada, { spaceId });
    const about = { version: 1, changedBy: "Ada", changedAt: expect.any(Date) };
    expect(changed?.override).toEqual({ ...about, system: "Bow.", baseVersion: 3 });
    expect(changed?.history).toEqual([{ ...about, system: "Bow." }]);

    await changePrompt(SOURCES, ada, { spaceId, useCase: "test.greet", system: null });
    const [reset] = await listPrompts(SOURCES, ada, { spaceId });
    expect(reset?.override).toBeNull();
    expect(reset?.history.map(({ version, system }) => [version, system])).toEqual([
      [2, null],
      [1, "Bow."],
    ]);
    const events = await eventsSince(db, { spaceId, after: 0 });
    expect(events.map(({ type, subjectId }) => [type, subjectId])).toEqual([
      ["settings.changed", "prompt:test.greet"],
      ["settings.changed", "prompt:test.greet"],
    ]);
  });

  test("over that of someone else is refused, also at the same moment", async ({ ctx, spaceId }) => {
    const change = (system: string) =>
      changePrompt(SOURCES, ctx, { spaceId, useCase: "test.greet", system, seenVersion: 0 });
    const ended = await Promise.allSettled(["Bow.", "Wave.", "Nod."].map(change));
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const each of ended) {
      if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "conflict" });
    }
    await expect(change("Late.")).rejects.toMatchObject({ code: "conflict" });
  });

  test("of a prompt that there is not is refused, and one that changes nothing is not kept", async ({
    ctx,
    spaceId,
  }) => {
    const change = (useCase: string, system: string | null) => changePrompt(SOURCES, ctx, { spaceId, useCase, system });
    await expect(change("test.other", "Bow.")).rejects.toMatchObject({ code: "not_found" });
    expect(await change("test.greet", null)).toEqual({ version: 0 });
    await change("test.greet", "Bow.");
    expect(await change("test.greet", "Bow.")).toEqual({ version: 1 });
  });
});
