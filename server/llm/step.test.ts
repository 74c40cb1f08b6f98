import { describe, expect } from "vitest";
import { z } from "zod";

import { live, outcomes, test } from "#tests/support/llm.ts";

import type { AgentMessage, ToolSpec } from "./index.ts";

const SEARCH: ToolSpec = {
  name: "search_notes",
  description: "Finds notes.",
  parameters: z.object({ query: z.string(), limit: z.number().nullable() }),
};
const task = (...messages: AgentMessage[]) => ({
  useCase: "test.work",
  version: 2,
  system: "Work.",
  messages: [{ role: "user" as const, content: "Find the permit." }, ...messages],
  tools: [SEARCH],
});

describe("a turn", () => {
  test("that calls tools goes on with what came of them, to words in the end", async ({
    model,
    llm,
    spaceId,
    calls,
  }) => {
    model.next(
      {
        type: "calls",
        text: "Let me look.",
        calls: [
          { id: "call_a", name: "search_notes", arguments: { query: "permit", limit: null } },
          { id: "call_b", name: "no_such_tool", arguments: {} },
        ],
      },
      { type: "text", text: "It is due on Friday." },
    );
    const one = llm();
    const options = { spaceId, signal: live() };
    const first = await one.step(task(), options);

    expect(first).toMatchObject({
      type: "calls",
      calls: [
        { id: "call_a", name: "search_notes", arguments: { type: "json", value: { query: "permit", limit: null } } },
        { id: "call_b", name: "no_such_tool", arguments: { type: "json", value: {} } },
      ],
      usage: { inputTokens: 1000, outputTokens: 100, costUsd: 0.00056 },
    });
    // Kept and taken up again, as a worker does.
    const kept = JSON.parse(JSON.stringify(first.message)) as AgentMessage;
    const second = await one.step(
      task(
        kept,
        { role: "tool", callId: "call_a", content: "<note>Due on Friday.</note>" },
        { role: "tool", callId: "call_b", content: "There is no such tool." },
      ),
      options,
    );

    expect(second).toMatchObject({
      type: "text",
      text: "It is due on Friday.",
      message: { role: "assistant", content: "It is due on Friday." },
    });
    expect(model.requests[1]?.said.slice(1)).toMatchObject([
      { role: "user", content: "Find the permit." },
      {
        role: "assistant",
        content: "Let me look.",
        calls: [
          { id: "call_a", name: "search_notes", arguments: '{"query":"permit","limit":null}' },
          { id: "call_b", name: "no_such_tool", arguments: "{}" },
        ],
      },
      { role: "tool", callId: "call_a", content: "<note>Due on Friday.</note>" },
      { role: "tool", callId: "call_b", content: "There is no such tool." },
    ]);
    expect(model.requests[0]?.tools).toMatchObject([
      {
        name: "search_notes",
        description: "Finds notes.",
        strict: true,
        parameters: { type: "object", required: ["query", "limit"], additionalProperties: false },
      },
    ]);
    expect(model.requests[0]?.system).toMatch(/^Work\.\n\n.*is data/su);
    expect(await calls()).toMatchObject([
      { useCase: "test.work", outcome: "ok", costUsd: "0.00056" },
      { useCase: "test.work", outcome: "ok" },
    ]);
  });

  test("with arguments that are no JSON tells the caller, and can be followed by another", async ({
    model,
    llm,
    spaceId,
    calls,
  }) => {
    model.next({
      type: "calls",
      calls: [
        { name: "search_notes", arguments: '{"query": "per' },
        { name: "search_notes", arguments: "[1]" },
        { name: "search_notes", arguments: " " },
      ],
    });
    const step = await llm().step(task(), { spaceId, signal: live() });
    expect(step).toMatchObject({
      calls: [
        { arguments: { type: "unreadable", raw: '{"query": "per' } },
        { arguments: { type: "json", value: [1] } },
        { arguments: { type: "json", value: {} } },
      ],
      message: { calls: [{ arguments: "{}" }, { arguments: "{}" }, { arguments: "{}" }] },
    });
    expect(outcomes(await calls())).toEqual(["ok"]);
  });

  test("with names and ids that cannot be said again is put into words that can", async ({ model, llm, spaceId }) => {
    const call = { name: 'run <script>"', arguments: {} };
    model.next({
      type: "calls",
      calls: [
        { ...call, id: "" },
        { ...call, id: "same" },
        { ...call, id: "same" },
        { ...call, id: "x y" },
      ],
    });
    const step = await llm().step(task(), { spaceId, signal: live() });
    if (step.type !== "calls" || step.message.role !== "calls") throw new Error("These were calls.");
    expect(step.calls.map(({ name }) => name)).toEqual(step.calls.map(() => 'run <script>"'));
    expect(step.message.calls.map(({ name }) => name)).toEqual(step.calls.map(() => "run__script__"));
    const ids = step.calls.map(({ id }) => id);
    expect(ids[1]).toBe("same");
    expect(new Set(ids).size).toBe(4);
    expect(ids.every((id) => /^[\w-]{1,40}$/u.test(id))).toBe(true);
    expect(step.message.calls.map(({ id }) => id)).toEqual(ids);
  });

  test("without tools names none", async ({ model, llm, spaceId }) => {
    model.next({ type: "text", text: "Done." });
    await llm().step({ ...task(), tools: [] }, { spaceId, signal: live() });
    expect(model.requests[0]?.tools).toEqual([]);
  });

  test("is taken by a model that does what it reads", async ({ model, llm, spaceId }) => {
    model.always((request) => {
      const last = request.said.at(-1);
      return last?.role === "tool"
        ? { type: "text", text: `I read: ${last.content}` }
        : { type: "calls", calls: [{ name: request.tools[0]!.name, arguments: { query: last?.content, limit: 1 } }] };
    });
    const one = llm();
    const options = { spaceId, signal: live() };
    const asked = await one.step(task(), options);
    if (asked.type !== "calls") throw new Error("This was a call.");
    expect(asked.calls[0]?.arguments).toEqual({ type: "json", value: { query: "Find the permit.", limit: 1 } });
    const callId = asked.calls[0]!.id;
    const told = await one.step(task(asked.message, { role: "tool", callId, content: "Friday" }), options);
    expect(told).toMatchObject({ type: "text", text: "I read: Friday" });
  });
});

describe("an endpoint that gives none", () => {
  test("for a while is asked again after the pause that it asks for", async ({ model, llm, spaceId, calls }) => {
    model.next(
      { type: "status", status: 429, retryAfterS: 0.3 },
      { type: "cut", at: "middle" },
      { type: "text", text: "Done." },
    );
    const startedMs = performance.now();
    expect(await llm().step(task(), { spaceId, signal: live() })).toMatchObject({ text: "Done." });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(295);
    expect(outcomes(await calls())).toEqual(["rate_limited", "unavailable", "ok"]);
  });

  test("at all is an error that says so", async ({ model, llm, spaceId, calls }) => {
    model.always({ type: "status", status: 500 });
    await expect(llm().step(task(), { spaceId, signal: live(), model: "gpt-5" })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^gpt-5 at .* does not answer \(unavailable\)\. Nothing was done; try again/u),
    });
    expect(await calls()).toMatchObject([{ model: "gpt-5" }, { model: "gpt-5" }, { model: "gpt-5" }]);
  });

  test("but an empty one is asked once more, then an error says so", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "text", text: "" }, { type: "text", text: "  " });
    await expect(llm().step(task(), { spaceId, signal: live() })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("cannot be read"),
    });
    expect(outcomes(await calls())).toEqual(["bad_answer", "bad_answer"]);
  });

  test("and refuses is asked once more, then an error says so", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "refusal" }, { type: "refusal" });
    await expect(llm().step(task(), { spaceId, signal: live() })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("declined"),
    });
    expect(outcomes(await calls())).toEqual(["refused", "refused"]);
  });

  test("is not waited for by whoever stops", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "hang" });
    const stop = new AbortController();
    // Nothing but the stop can end this before the test's own limit.
    const working = llm({ timeoutMs: 60_000 }).step(task(), { spaceId, signal: stop.signal });
    const settled = expect(working).rejects.toMatchObject({ code: "cancelled" });
    await model.received(1);
    stop.abort();
    await settled;
    await expect.poll(async () => outcomes(await calls())).toEqual(["cancelled"]);
    expect(model.requests).toHaveLength(1);
  });
});
