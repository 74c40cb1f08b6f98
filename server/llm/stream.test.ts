import { describe, expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { live, MODEL_KEY, outcomes, test } from "#tests/support/llm.ts";

const QUESTION = {
  useCase: "test.answer",
  version: 3,
  system: "Answer.",
  messages: [
    { role: "user" as const, content: "When is the permit due?" },
    { role: "assistant" as const, content: "Which one?" },
    { role: "user" as const, content: "The harbour's." },
  ],
};
const ANSWER = { type: "text", text: "On Friday, says Nora." } as const;
const NEVER = new Promise(() => {});

/** Keeps every text that was shown. */
function shown() {
  const texts: string[] = [];
  return { texts, onText: (text: string) => void texts.push(text) };
}

describe("an answer that is written out", () => {
  test("is shown as it grows, and kept with its tokens and cost", async ({ model, llm, spaceId, calls }) => {
    model.next(ANSWER);
    const { texts, onText } = shown();
    const ended = await llm().stream(QUESTION, { spaceId, signal: live(), onText });

    expect(ended).toEqual({
      type: "answer",
      text: "On Friday, says Nora.",
      model: "gpt-4.1-mini",
      usage: { inputTokens: 1000, outputTokens: 100, costUsd: 0.00056 },
    });
    expect(texts).toEqual(["On ", "On Friday, ", "On Friday, says ", "On Friday, says Nora."]);
    expect(await calls()).toMatchObject([
      { useCase: "test.answer", outcome: "ok", attempt: 1, inputTokens: 1000, outputTokens: 100, costUsd: "0.00056" },
    ]);
    expect(model.requests[0]).toMatchObject({ isStream: true, isCounted: true, authorization: `Bearer ${MODEL_KEY}` });
    expect(model.requests[0]?.said.slice(1)).toMatchObject(QUESTION.messages);
    expect(model.requests[0]?.system).toMatch(/^Answer\.\n\n.*is data/su);
  });

  test("is an answer where nobody counts tokens", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "stream", chunks: ["On ", "Friday."], end: "uncounted" });
    const ended = await llm().stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    expect(ended).toMatchObject({
      text: "On Friday.",
      usage: { inputTokens: null, outputTokens: null, costUsd: null },
    });
    expect(await calls()).toMatchObject([{ outcome: "ok", inputTokens: null, costUsd: null }]);
  });

  test("is an answer where the connection is left open behind it", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "stream", chunks: ["On ", "Friday."], end: "lingering" });
    const one = llm({ timeoutMs: 60_000, idleMs: 60_000 });
    const ended = await one.stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    expect(ended).toMatchObject({ type: "answer", text: "On Friday." });
    expect(outcomes(await calls())).toEqual(["ok"]);
  });

  test("by a model of one's own choice names it, and its row names what it was for", async ({
    db,
    make,
    model,
    llm,
    calls,
  }) => {
    const chat = await make.chat();
    const contributor = await make.contributor({ spaceId: chat.spaceId });
    const of = { spaceId: chat.spaceId, chatId: chat.id, contributorId: contributor.id };
    const conversation = await db.prisma.conversation.create({ data: { id: newId(), ...of, startedAt: new Date() } });
    const request = await db.prisma.request.create({
      data: {
        id: newId(),
        ...of,
        conversationId: conversation.id,
        mode: "ask",
        status: "working",
        createdAt: new Date(),
      },
    });
    model.next(ANSWER);
    const options = { spaceId: chat.spaceId, requestId: request.id, model: "gpt-4.1", signal: live() };
    const ended = await llm().stream(QUESTION, { ...options, onText: () => {} });
    expect(ended).toMatchObject({ model: "gpt-4.1", usage: { costUsd: 0.0028 } });
    expect(model.requests[0]?.model).toBe("gpt-4.1");
    const rows = await db.prisma.llmCall.findMany({ where: { requestId: request.id } });
    expect(rows).toMatchObject([{ model: "gpt-4.1", spaceId: chat.spaceId, promptVersion: 3 }]);
    expect(await calls()).toEqual([]);
  });
});

describe("an answer that breaks off", () => {
  for (const end of ["cut", "error"] as const) {
    test(`(${end}) is asked for anew, from its start`, async ({ model, llm, spaceId, calls }) => {
      model.next({ type: "stream", chunks: ["On ", "Monday"], end }, ANSWER);
      const { texts, onText } = shown();
      const ended = await llm().stream(QUESTION, { spaceId, signal: live(), onText });
      expect(ended).toMatchObject({ type: "answer", text: ANSWER.text });
      expect(texts.slice(0, 3)).toEqual(["On ", "On Monday", "On "]);
      expect(texts.at(-1)).toBe(ANSWER.text);
      expect(await calls()).toMatchObject([
        { outcome: "unavailable", attempt: 1, inputTokens: null },
        { outcome: "ok", attempt: 2 },
      ]);
    });
  }

  test("is given up when nothing more comes, and asked for anew", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "stream", chunks: ["On ", "Monday"], end: "silence" }, ANSWER);
    const ended = await llm({ idleMs: 100 }).stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    expect(ended).toMatchObject({ type: "answer", text: ANSWER.text });
    expect(outcomes(await calls())).toEqual(["timeout", "ok"]);
  });

  test("is given up when it goes on for ever", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "stream", chunks: Array.from({ length: 400 }, () => "on and on "), pauseMs: 20 });
    const ended = await llm({ streamMs: 300, attempts: 1 }).stream(QUESTION, {
      spaceId,
      signal: live(),
      onText: () => {},
    });
    expect(ended).toEqual({ type: "down", why: "timeout" });
    expect(outcomes(await calls())).toEqual(["timeout"]);
  });

  test("is given up when it does not begin", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "hang" }, ANSWER);
    const ended = await llm({ timeoutMs: 200 }).stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    expect(ended).toMatchObject({ type: "answer" });
    expect(outcomes(await calls())).toEqual(["timeout", "ok"]);
  });

  test("may take longer in all than it may take to begin", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "stream", chunks: Array.from({ length: 10 }, () => "on "), pauseMs: 60 });
    const ended = await llm({ timeoutMs: 400 }).stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    expect(ended).toMatchObject({ type: "answer", text: "on ".repeat(10) });
    expect(outcomes(await calls())).toEqual(["ok"]);
  });
});

describe("an endpoint that does not answer", () => {
  test("is asked again after the pause that it asks for", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "status", status: 429, retryAfterS: 0.3 }, ANSWER);
    const startedMs = performance.now();
    const ended = await llm().stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    expect(ended).toMatchObject({ type: "answer" });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(295);
    expect(outcomes(await calls())).toEqual(["rate_limited", "ok"]);
  });

  test("is down for the caller to say so, and left alone once its breaker is open", async ({
    model,
    llm,
    spaceId,
    calls,
  }) => {
    model.always({ type: "status", status: 503 });
    const one = llm({ breakerFailures: 3 });
    const options = { spaceId, signal: live(), onText: () => {} };
    expect(await one.stream(QUESTION, options)).toEqual({ type: "down", why: "unavailable" });
    expect(await one.stream(QUESTION, options)).toEqual({ type: "down", why: "breaker_open" });
    expect(outcomes(await calls())).toEqual(["unavailable", "unavailable", "unavailable"]);
  });

  test("with a word is asked once more, and is down then", async ({ model, llm, spaceId, calls }) => {
    model.next({ type: "text", text: "" }, { type: "text", text: " \n" }, ANSWER);
    const ended = await llm().stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    expect(ended).toEqual({ type: "down", why: "bad_answer" });
    expect(outcomes(await calls())).toEqual(["bad_answer", "bad_answer"]);
  });
});

describe("an endpoint that refuses", () => {
  for (const [what, reply] of [
    ["the key", { type: "status", status: 401, code: "invalid_api_key", message: `Wrong key ${MODEL_KEY}` }],
    ["the model", { type: "status", status: 404, code: "model_not_found" }],
    ["for want of money", { type: "status", status: 429, code: "insufficient_quota" }],
  ] as const) {
    test(`${what} is not asked again, and the error says so`, async ({ model, lines, llm, spaceId, calls }) => {
      model.next(reply);
      const failing = llm().stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
      await expect(failing).rejects.toMatchObject({
        code: "invalid_input",
        message: expect.stringContaining("Nothing was done"),
      });
      expect(outcomes(await calls())).toEqual(["refused"]);
      const error = await failing.catch((thrown: unknown) => thrown);
      expect(JSON.stringify([error, String(error), lines])).not.toContain("sk-very");
    });
  }

  test("the content, or to go on, is asked once more, and the error says so", async ({
    model,
    llm,
    spaceId,
    calls,
  }) => {
    model.next({ type: "refusal" }, { type: "stream", chunks: ["How to"], end: "filtered" });
    const failing = llm().stream(QUESTION, { spaceId, signal: live(), onText: () => {} });
    await expect(failing).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("declined"),
    });
    expect(outcomes(await calls())).toEqual(["refused", "refused"]);
  });
});

test("whoever stops it is let go at once and shown nothing more", async ({ model, llm, spaceId, calls }) => {
  const more = Promise.withResolvers<void>();
  model.next({ type: "stream", chunks: ["On ", more.promise, "Friday", NEVER] });
  const stop = new AbortController();
  const { texts, onText } = shown();
  // Nothing but the stop can end this before the test's own limit.
  const answering = llm({ timeoutMs: 60_000, idleMs: 60_000 }).stream(QUESTION, {
    spaceId,
    signal: stop.signal,
    onText,
  });
  const settled = expect(answering).rejects.toMatchObject({ code: "cancelled" });
  await expect.poll(() => texts).toEqual(["On "]);
  stop.abort();
  await settled;
  more.resolve();
  await expect.poll(async () => outcomes(await calls())).toEqual(["cancelled"]);
  expect(texts).toEqual(["On "]);
  expect(model.requests).toHaveLength(1);
});
