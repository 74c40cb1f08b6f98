import { afterEach, expect, vi } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { createLlm } from "#server/llm/index.ts";
import { noteText, test } from "#tests/support/agent.ts";
import { call, done, plan } from "#tests/support/model-script.ts";
import { subjects } from "#tests/support/kb.ts";

import { workOn } from "../work.ts";
import { runTask } from "./mode.ts";

afterEach(() => void vi.useRealTimers());

const busy = call("create_note", { title: "More", type: "Note", description: "", body: "More." });

test("a task ends after as many answers as it may have, with nothing written", async ({ agent, model, ctx }) => {
  await agent.set("assistant.agentSteps", 3);
  model.next(plan("a"), call("remember", { text: "Something." }), busy, done());
  await expect(agent.task("Write and write.")).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringMatching(
      /^The task was not done after 3 answers of the model[^]*So far: 3 answers of the model, with remember, create_note\. Nothing was written\. [^]*settings\.$/,
    ),
  });
  expect(model.requests).toHaveLength(3);
  expect(await agent.notes()).toEqual({});
  expect(await ctx.db.prisma.memory.count({ where: { spaceId: agent.spaceId } })).toBe(0);
});

test("a task ends when its tokens are used up", async ({ agent, model }) => {
  await agent.set("assistant.agentTokens", 2_500);
  model.always(busy);
  await expect(agent.task("Write and write.")).rejects.toThrow("more than 2,500 tokens");
  expect(model.requests).toHaveLength(2);
  expect(await agent.notes()).toEqual({});
});

test("a question that would be too long is not asked", async ({ agent, model }) => {
  await agent.set("assistant.agentTokens", 2_000);
  await expect(agent.task("word ".repeat(2_000))).rejects.toThrow("It had not begun.");
  expect(model.requests).toHaveLength(0);
});

test("a task ends when it has cost what it may", async ({ agent, model }) => {
  await agent.set("assistant.model", "gpt-4.1");
  await agent.set("assistant.agentCostCents", 1);
  model.always(busy);
  await expect(agent.task("Write and write.")).rejects.toThrow("more than 1 US cents");
  // 1,000 tokens in and 100 out cost 0.28 cents.
  expect(model.requests).toHaveLength(4);
});

test("a task ends when its time is over, also while the model is silent", async ({ agent, model }) => {
  await agent.set("assistant.agentTimeS", 10);
  model.next(plan("a"), busy, { type: "hang" });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  const running = expect(agent.task("Write.")).rejects.toThrow("not done after 10 seconds");
  await model.received(3);
  vi.advanceTimersByTime(10_000);
  await running;
  expect(await agent.notes()).toEqual({});
});

test("a task that is cancelled stops at once, with nothing written", async ({ agent, model }) => {
  await agent.write({ "topics/a.md": noteText("A", "Alpha.") });
  const before = await subjects(agent.kb);
  const cancel = new AbortController();
  model.next(plan("a"), busy, { type: "hang" });
  const running = expect(
    agent.run(await agent.give({ prompt: "Write." }), { signal: cancel.signal }),
  ).rejects.toMatchObject({ code: "cancelled" });
  await model.received(3);
  cancel.abort();
  await running;
  expect(await subjects(agent.kb)).toEqual(before);
});

test("a task that is cancelled does not wait for a page", async ({ agent, model }) => {
  const cancel = new AbortController();
  const opened = Promise.withResolvers<void>();
  const site = await agent.openSite(() => {
    opened.resolve();
    return null;
  });
  model.next(plan("a"), call("fetch_url", { url: `${site.url}/` }), done());
  const running = expect(
    agent.run(await agent.give({ prompt: `Read ${site.url}/` }), { signal: cancel.signal }),
  ).rejects.toMatchObject({ code: "cancelled" });
  await opened.promise;
  cancel.abort();
  await running;
  expect(model.requests).toHaveLength(2);
});

test("a person's wish to cancel reaches a task that waits for the model", async ({ agent, model, ctx }) => {
  model.next(plan("a"), busy, { type: "hang" });
  const request = await agent.give({ prompt: "Write." });
  const modes = { agent: runTask, ask: runTask, note: runTask };
  await ctx.db.pool.query("update requests set status = 'waiting' where id = $1", [request.id]);
  const run = { signal: new AbortController().signal, workerProcessId: newId(), isLastAttempt: false };
  const given = { spaceId: agent.spaceId, requestId: request.id };
  const working = workOn({ ...agent.deps, modes }, ctx, given, run as Parameters<typeof workOn>[3]);
  await model.received(3);
  await ctx.db.pool.query("update requests set cancel_asked_at = now() where id = $1", [request.id]);
  await working;
  expect(await agent.reread(request.id)).toMatchObject({ status: "cancelled", result: null });
  expect(await agent.notes()).toEqual({});
});

test("a wish to cancel counts until the commit is made", async ({ agent, model, ctx }) => {
  model.next(plan("a"), busy, done());
  const request = await agent.give({ prompt: "Write." });
  agent.around(async (write) => {
    await ctx.db.pool.query("update requests set cancel_asked_at = now() where id = $1", [request.id]);
    return write();
  });
  await expect(agent.run(request)).rejects.toMatchObject({ code: "cancelled" });
  expect(await agent.notes()).toEqual({});
  expect((await agent.reread(request.id)).result).toBeNull();
});

test("without a model, or without words, it says what is missing", async ({ agent, ctx }) => {
  await expect(agent.task(" ")).rejects.toThrow("Say in your own words");
  agent.deps.llm = createLlm({ env: { LLM_MODEL: "gpt-4.1-mini" }, ...ctx, secret: "of-tests" });
  await expect(agent.task("Write.")).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining("/note and /ask work without one"),
  });
});

test("at most 20 notes are deleted in a task", async ({ agent, model }) => {
  const paths = Array.from({ length: 22 }, (_, at) => `topics/n${at}.md`);
  await agent.write(Object.fromEntries(paths.map((path) => [path, noteText(path, "Text.")])));
  const calls = paths.map((path) => ({ name: "delete_note", arguments: { path } }));
  model.next({ type: "calls", calls: calls.slice(0, 11) }, { type: "calls", calls: calls.slice(11) }, done());
  const { result } = await agent.task("Delete all.");
  expect(result.files.filter(({ change }) => change === "removed")).toHaveLength(20);
  expect(model.requests.at(-1)?.said.at(-1)?.content).toContain("deletes at most 20 notes");
});

test("of many calls at once only the first are made", async ({ agent, model }) => {
  const calls = Array.from({ length: 20 }, () => ({ name: "list_notes", arguments: { folder: null } }));
  model.next({ type: "calls", calls }, done());
  const { result } = await agent.task("List.");
  expect(result.tools).toEqual({ list_notes: 16 });
  expect(model.requests.at(-1)?.said.at(-1)?.content).toContain("Only 16 calls");
});
