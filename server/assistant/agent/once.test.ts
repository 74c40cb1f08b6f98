import { expect } from "vitest";

import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { writeRequested } from "#server/knowledge/write.ts";
import { noteText, test } from "#tests/support/agent.ts";
import { call, done, plan } from "#tests/support/model-script.ts";
import { subjects } from "#tests/support/kb.ts";

import { wordsFor } from "../speech.ts";
import { workOn } from "../work.ts";
import { runTask } from "./mode.ts";
import { undoTask } from "./undo.ts";

const START = "Start the knowledge base";
const live = new AbortController().signal;
const write = (title: string) => call("create_note", { title, type: "Note", description: "", topic: "X", body: title });
const memories = (ctx: Ctx, contributorId: string) => ctx.db.prisma.memory.count({ where: { contributorId } });

test("a worker that dies between the commit and its rows leaves a task that is told, not done again", async ({
  agent,
  model,
  ctx,
}) => {
  model.next(plan("a"), write("One"), call("remember", { text: "A fact." }), done("Written."));
  const request = await agent.give({ prompt: "Write one." });
  agent.around(async (run, operation) => {
    operation.inTransaction = () => Promise.reject(new Error("The worker died."));
    return run();
  });
  await expect(agent.run(request)).rejects.toThrow("The worker died.");
  expect(Object.keys(await agent.notes())).toContainEqual(expect.stringMatching(/-one\.md$/));
  expect(await memories(ctx, agent.personId)).toBe(0);

  agent.around((run) => run());
  const { result } = await agent.run(await agent.reread(request.id));
  expect(result).toMatchObject({
    summary: "Written.",
    steps: 4,
    commitHash: expect.any(String),
    files: [{ change: "added" }],
  });
  expect(model.requests).toHaveLength(4);
  expect(await subjects(agent.kb)).toEqual(["Task: Write one.", START]);
  expect(await memories(ctx, agent.personId)).toBe(1);
});

test("a worker that dies between the rows and the telling leaves a task that is told", async ({
  agent,
  model,
  ctx,
}) => {
  model.next(plan("a"), write("One"), call("remember", { text: "A fact." }), done("Written."));
  const request = await agent.give({ prompt: "Write one." });
  const { result } = await agent.run(request);
  const modes = { agent: runTask, ask: runTask, note: runTask };
  const run = { signal: live, workerProcessId: newId(), isLastAttempt: false };
  await workOn(
    { ...agent.deps, modes },
    ctx,
    { spaceId: agent.spaceId, requestId: request.id },
    run as Parameters<typeof workOn>[3],
  );
  expect(await agent.reread(request.id)).toMatchObject({
    status: "done",
    result: { type: "task", summary: "Written.", commitHash: result.commitHash, files: result.files },
  });
  expect(await ctx.db.prisma.turn.count({ where: { requestId: request.id } })).toBe(2);
  expect(model.requests).toHaveLength(4);
  expect(await subjects(agent.kb)).toEqual(["Task: Write one.", START]);
  expect(await memories(ctx, agent.personId)).toBe(1);
});

test("a task of which only the commit is left is told from the commit", async ({ agent, model, ctx }) => {
  model.next(plan("a"), write("One"), done("Written."));
  const request = await agent.give({ prompt: "Write one." });
  const { result } = await agent.run(request);
  await ctx.db.pool.query("update requests set result = null where id = $1", [request.id]);
  expect((await agent.run(await agent.reread(request.id))).result).toMatchObject({
    commitHash: result.commitHash,
    files: result.files,
    summary: expect.stringContaining("restarted"),
  });
  expect(model.requests).toHaveLength(3);
});

test("a write that has to wait is tried again without thinking again", async ({ agent, model }) => {
  model.next(plan("a"), write("One"), done());
  const request = await agent.give({ prompt: "Write one." });
  agent.around(() => Promise.reject(new Error("The database is away.")));
  await expect(agent.run(request)).rejects.toThrow("away");
  agent.around((run) => run());
  expect((await agent.run(await agent.reread(request.id))).result.commitHash).not.toBeNull();
  expect(model.requests).toHaveLength(3);
});

test("what cannot be written as it is is not kept, so that another try thinks again", async ({ agent, model }) => {
  model.next(plan("a"), write("One"), done());
  const request = await agent.give({ prompt: "Write one." });
  agent.around(() => Promise.reject(new AppError("invalid_input", "This path cannot be used.")));
  await expect(agent.run(request)).rejects.toThrow("cannot be used");
  expect((await agent.reread(request.id)).result).toBeNull();
});

test("what others write meanwhile is merged", async ({ agent, model }) => {
  await agent.write({ "topics/a.md": noteText("A", "One.\n\nTwo.\n\nThree.") });
  model.next(plan("a"), call("edit_note", { path: "topics/a.md", passage: "Three.", text: "Drei." }), done());
  agent.around(async (run) => {
    await agent.write({ "topics/a.md": noteText("A", "Eins.\n\nTwo.\n\nThree.") });
    return run();
  });
  const { result } = await agent.task("Translate the end.");
  expect(result).toMatchObject({ commitHash: expect.any(String), files: [{ added: 1, removed: 1 }] });
  expect((await agent.notes())["topics/a.md"]).toBe(noteText("A", "Eins.\n\nTwo.\n\nDrei."));
});

test("what cannot be merged waits for a person, and the result says so", async ({ agent, model, ctx }) => {
  await agent.write({ "topics/a.md": noteText("A", "One.") });
  model.next(plan("a"), call("edit_note", { path: "topics/a.md", passage: "One.", text: "Uno." }), done());
  agent.around(async (run) => {
    await agent.write({ "topics/a.md": noteText("A", "Eins.") });
    return run();
  });
  const request = await agent.give({ prompt: "Translate." });
  const { result } = await agent.run(request);
  expect(result).toMatchObject({ commitHash: null, files: [{ path: "topics/a.md", change: "changed" }] });
  expect((await agent.notes())["topics/a.md"]).toBe(noteText("A", "Eins."));
  expect(
    await ctx.db.prisma.kbConflict.findMany({
      where: { operationId: request.id, status: "open" },
      include: { files: true },
    }),
  ).toMatchObject([{ files: [{ ours: noteText("A", "Uno."), theirs: noteText("A", "Eins.") }] }]);
});

test("what someone else wrote in the same words is no conflict", async ({ agent, model }) => {
  await agent.write({ "topics/a.md": noteText("A", "One.") });
  model.next(plan("a"), call("edit_note", { path: "topics/a.md", passage: "One.", text: "Uno." }), done());
  agent.around(async (run) => {
    await agent.write({ "topics/a.md": noteText("A", "Uno.") });
    return run();
  });
  expect((await agent.task("Translate.")).result).toMatchObject({ commitHash: null, files: [] });
});

test("two tasks at once each write their own", async ({ agent, model }) => {
  model.always(({ user, said }) => {
    const answers = said.filter(({ role }) => role === "tool").length;
    if (answers === 0) return plan("a");
    return answers === 1 ? write(user) : done(user);
  });
  const results = await Promise.all([agent.task("Alpha"), agent.task("Beta", { contributorId: agent.otherId })]);
  expect(results.map(({ result }) => [result.summary, result.files.length])).toEqual([
    ["Alpha", 1],
    ["Beta", 1],
  ]);
  expect((await subjects(agent.kb)).toSorted()).toEqual([START, "Task: Alpha", "Task: Beta"]);
  expect(Object.keys(await agent.notes())).toEqual([expect.stringContaining("alpha"), expect.stringContaining("beta")]);
});

test("a task is taken back by a commit of its own, once", async ({ agent, model, ctx }) => {
  await agent.write({ "topics/a.md": noteText("A", "One.") });
  model.next(
    plan("a"),
    write("New"),
    call("edit_note", { path: "topics/a.md", passage: "One.", text: "Uno." }),
    done(),
  );
  const request = await agent.give({ prompt: "Translate." });
  const { result } = await agent.run(request);
  await ctx.db.pool.query("update requests set status = 'done', result = $2 where id = $1", [
    request.id,
    JSON.stringify(result),
  ]);
  const presser = { postId: newId(), signal: live, words: wordsFor({ language: "en", settings: [] }) };
  const undoing = undoTask(agent.deps, ctx, await agent.reread(request.id), presser);
  const reverts = () => ctx.db.prisma.kbOperation.findMany({ where: { spaceId: agent.spaceId, kind: "revert" } });
  await expect.poll(async () => (await reverts()).length).toBe(1);
  // It is not said before it is so.
  expect((await agent.reread(request.id)).result).not.toHaveProperty("since");
  await writeRequested(ctx, agent.kb, (await reverts())[0]?.id ?? "");
  await undoing;
  expect((await subjects(agent.kb))[0]).toBe("Revert “Task: Translate.”");
  expect((await agent.notes())["topics/a.md"]).toBe(noteText("A", "One."));
  const now = await agent.reread(request.id);
  expect(now.result).toMatchObject({ since: "undone" });
  await expect(undoTask(agent.deps, ctx, now, presser)).rejects.toMatchObject({ code: "conflict" });
});
