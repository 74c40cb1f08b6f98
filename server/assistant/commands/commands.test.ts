import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { setSetting } from "#server/settings/index.ts";
import { commandRoom } from "#tests/support/command-room.ts";
import { labelsOf } from "#tests/support/fake-channel.ts";
import { createLlm } from "#server/llm/llm.ts";
import { test } from "#tests/support/llm.ts";

import { modelFor } from "../model.ts";
import { wordsIn } from "../words/index.ts";
import { commandCatalogue } from "./catalogue.ts";
import { closest } from "./closest.ts";
import { command } from "./index.ts";

const MODELS = ["gpt-4.1-mini", "gpt-4.1", "llama-3.3-70b"];

test("help says what there is, with examples, and its buttons switch the mode", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const post = await room.give("/start");
  for (const part of ["Harbour", "/note ", "/ask ", "/agent ", "/settings", "/me"]) expect(post.text).toContain(part);
  expect(labelsOf(post)).toEqual(["✓ Notes", "Questions", "Tasks"]);

  await room.press("Questions");
  expect((await room.conversation())?.mode).toBe("ask");
  expect(labelsOf(room.last())).toEqual(["Notes", "✓ Questions", "Tasks"]);
  expect(room.last().text).toContain("as a **question**");
  expect(room.posts()).toHaveLength(1);
});

test("in a group help has no mode to switch, and a mode alone says how to use it there", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), kind: "supergroup" });
  const help = await room.give("/help");
  expect(help.buttons).toEqual([]);
  expect(help.text).not.toContain("/me");
  expect((await room.give("/note")).text).toContain("/note The spare key is with Nora");
  expect((await room.give("/me")).text).toBe("That is between the two of us. Write /me to me in private.");
});

test("people are answered in their language", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm(), language: "ru-RU" });
  expect((await room.give("/reset")).text).toMatch(/^Начинаем заново/);
  expect((await room.give("/ask")).text).toContain("это **вопрос**");
  expect((await room.give("/start")).text).toContain("Привет");
  expect(room.posts()).toHaveLength(3);
});

test("a command that is done twice is said once, as an answer to its message", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const { spaceId, deps, signal } = room;
  const message = await room.say("/kb");
  const given = { spaceId, messageId: message.id, name: "kb", words: "" };
  await command(deps, ctx, given, signal);
  await command(deps, ctx, given, signal);
  expect(room.posts()).toHaveLength(1);
  expect(room.last()).toMatchObject({ replyTo: message.externalId, before: [] });
  await command(deps, ctx, { ...given, messageId: newId() }, signal);
  expect(room.posts()).toHaveLength(1);
});

test("an unknown command is named as text, with what there is", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const { text } = await room.give("/_dance_");
  expect(text).toContain(String.raw`I don't know /\_dance\_.`);
  expect(text).toContain("/agent");
});

test("cancel asks for the end of what is under way in this chat, and ends at once what nobody works on", async ({
  ctx,
  make,
  llm,
}) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const other = await commandRoom(ctx, make, { llm: llm(), spaceId: room.spaceId });
  expect((await room.give("/cancel")).text).toContain("Nothing of yours");
  const statuses = ["gathering", "waiting", "working", "done"] as const;
  const requests = [];
  for (const status of statuses) requests.push(await room.ask({ status }));
  const [gathering, waiting, working, done] = requests;
  const theirs = await other.ask({ status: "waiting" });

  // As `hear` marks them when the command comes in.
  await ctx.db.prisma.request.updateMany({
    where: { id: { in: [gathering!, waiting!, working!].map(({ id }) => id) } },
    data: { cancelAskedAt: new Date() },
  });
  const since = await room.ask({ status: "waiting" });
  expect((await room.give("/cancel")).text).toBe("I'm stopping 3 things of yours.");
  const rows = await ctx.db.prisma.request.findMany({ where: { cancelAskedAt: { not: null } }, select: { id: true } });
  expect(rows.map(({ id }) => id).toSorted()).toEqual([gathering!.id, waiting!.id, working!.id].toSorted());
  const { rows: jobs } = await ctx.db.pool.query<{ key: string }>("select key from graphile_worker._private_jobs");
  const keys = jobs.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining([gathering, waiting].map((each) => `assistant.work:${each!.id}`)));
  for (const { id } of [working!, done!, theirs, since]) expect(keys).not.toContain(`assistant.work:${id}`);
});

test("the model in force is marked with where it comes from: conversation, person, space, default", async ({
  ctx,
  make,
  llm,
  model,
}) => {
  model.offer({ models: MODELS });
  const room = await commandRoom(ctx, make, { llm: llm() });
  const { spaceId, contributorId } = room;
  const forRequest = async () =>
    (await modelFor(ctx.db, { model: (await room.conversation())?.model ?? null, contributorId })) ??
    (await room.deps.llm.providerFor(spaceId, "answers")).model;
  expect((await room.give("/model")).text).toContain("`gpt-4.1-mini`, the default.");
  expect(labelsOf(room.last())).toEqual(["✓ gpt-4.1-mini", "gpt-4.1", "llama-3.3-70b"]);
  expect(await forRequest()).toBe("gpt-4.1-mini");

  await setSetting(ctx, { spaceId, key: "assistant.model", value: "llama-3.3-70b" });
  expect((await room.give("/model")).text).toContain("`llama-3.3-70b`, the choice of Harbour.");
  expect(await forRequest()).toBe("llama-3.3-70b");

  await room.press("gpt-4.1");
  expect(room.last().text).toContain("`gpt-4.1`, chosen for this conversation.");
  expect(await forRequest()).toBe("gpt-4.1");
  await room.press("Always use this one");
  await room.press("Undo for this conversation");
  expect(room.last().text).toContain("`gpt-4.1`, your own choice.");
  expect(await forRequest()).toBe("gpt-4.1");

  expect((await room.give("/model GPT-4.1-mini")).text).toContain("goes on with `gpt-4.1-mini`");
  expect(room.last().text).toContain("`gpt-4.1-mini`, chosen for this conversation.");
  expect(await forRequest()).toBe("gpt-4.1-mini");
  await room.press("Undo for this conversation");
  await room.press("Forget my own choice");
  expect(await forRequest()).toBe("llama-3.3-70b");
});

test("a model that is not there is not chosen: the nearest name is said", async ({ ctx, make, llm, model }) => {
  model.offer({ models: MODELS });
  const room = await commandRoom(ctx, make, { llm: llm() });
  const { text } = await room.give("/model lama-3.3`70b");
  expect(text).toContain("There is no model `lama-3.3 70b` here. Did you mean `llama-3.3-70b`?");
  expect((await room.conversation())?.model ?? null).toBeNull();
  expect((await room.give("/model zzzzzzzzzzzzzzzzzzzz")).text).not.toContain("Did you mean");
});

test("a model that is not offered any more is not chosen by an old button", async ({ ctx, make, llm, model }) => {
  model.offer({ models: MODELS });
  const room = await commandRoom(ctx, make, { llm: llm() });
  await room.give("/model");
  model.offer({ models: ["gpt-4.1"] });
  room.deps.llm = llm();
  expect(await room.press("llama-3.3-70b")).toBe("That model is not offered any more.");
  expect((await room.conversation())?.model ?? null).toBeNull();
  expect(labelsOf(room.last())).toEqual(["✓ gpt-4.1-mini", "gpt-4.1"]);
});

test("without a model there is nothing to choose, and what that means is said", async ({ ctx, make }) => {
  const llm = createLlm({
    env: { LLM_MODEL: "gpt-4.1-mini" },
    db: ctx.db,
    log: ctx.log,
    now: ctx.now,
    secret: "of-tests",
  });
  const room = await commandRoom(ctx, make, { llm });
  const post = await room.give("/model gpt-4.1");
  expect(post.text).toContain("I work by rules");
  expect(post.buttons).toEqual([]);
});

test("the menu of another person is not theirs to press", async ({ ctx, make, llm, model }) => {
  model.offer({ models: MODELS });
  const room = await commandRoom(ctx, make, { llm: llm(), kind: "supergroup" });
  const other = await make.contributor({ spaceId: room.spaceId, displayName: "Timo Berg" });
  const post = await room.give("/model");
  const [, second] = post.buttons.flat();
  const word = await room.pressToken((second as { token: string }).token, { contributorId: other.id });
  expect(word).toBe("This one is for somebody else.");
  expect(await ctx.db.prisma.conversation.count({ where: { contributorId: other.id } })).toBe(0);
});

test("status and kb say what the rows say", async ({ ctx, make, llm }) => {
  const room = await commandRoom(ctx, make, { llm: llm() });
  const { spaceId } = room;
  const empty = await room.give("/status");
  expect(empty.text).toContain("There is no knowledge base yet");
  expect(empty.text).toContain("Messages have not been read");
  expect((await room.give("/kb")).text).toContain("There is no knowledge base yet");

  const kb = await ctx.db.prisma.knowledgeBase.create({
    data: {
      ...{ id: newId(), spaceId, homeId: newId(), branch: "main", headCommit: "a".repeat(40) },
      ...{ remote: "https://git.example/team/notes.git", pushFailure: "The *remote* said no." },
    },
  });
  const operation = { spaceId, kbId: kb.id, kind: "create", queuedAt: new Date() };
  await ctx.db.prisma.kbOperation.create({ data: { ...operation, id: newId(), subject: "Add a", status: "queued" } });
  await ctx.db.prisma.kbOperation.create({
    data: { ...operation, id: newId(), subject: "Add b", status: "committed", commitHash: "a".repeat(40) },
  });
  await room.ask({ status: "working" });
  await make.run({ spaceId, status: "completed" });

  const { text } = await room.give("/status");
  expect(text).toContain("is free. One write waits for it.");
  expect(text).toContain("No worker looks after");
  expect(text).toContain(String.raw`did not go through: The \*remote\* said no.`);
  expect(text).toContain("a question, being worked on since");
  expect(text).toMatch(/Last run: waiting for review, .*0 messages read, 0 proposals found, 0 open\./);

  const where = await room.give("/kb");
  for (const part of ["`main`", "No notes yet", "`aaaaaaaaaa`", "`https://git.example/team/notes.git`", "One write"]) {
    expect(where.text).toContain(part);
  }
  expect(where.buttons.flat()).toEqual([
    { label: "Open the knowledge base", url: expect.stringMatching(/^https:\/\/winnow\.example\/s\/.+\/knowledge$/) },
  ]);
});

test("commands are offered by kind of chat, as Telegram takes them", () => {
  const catalogue = commandCatalogue();
  const names = (scope: string, language: string) =>
    catalogue
      .find((each) => each.scope === scope && each.language === language)
      ?.commands.map(({ command }) => command);
  expect(names("all_private_chats", "")).toHaveLength(11);
  expect(names("all_group_chats", "ru")).toEqual(["note", "ask", "agent", "status", "help"]);
  expect(names("all_chat_administrators", "")).toEqual(["note", "ask", "agent", "status", "help", "settings"]);
  for (const { description, command } of catalogue.flatMap(({ commands }) => commands)) {
    expect(command).toMatch(/^[a-z_]{1,32}$/);
    expect(description.length).toBeGreaterThan(2);
    expect(description.length).toBeLessThanOrEqual(256);
  }
});

test("counts are said as each language says them", () => {
  const say = (count: number) => wordsIn("ru")("commands.cancel.stopped", { count });
  expect([1, 3, 5].map(say)).toEqual([
    "Останавливаю 1 вашу просьбу.",
    "Останавливаю 3 ваши просьбы.",
    "Останавливаю 5 ваших просьб.",
  ]);
});

test("the closest name is one that is close", () => {
  expect(closest("gpt-4", ["llama", "gpt-4.1"])).toBe("gpt-4.1");
  expect(closest("gtp-4.1", MODELS)).toBe("gpt-4.1");
  expect(closest("q", MODELS)).toBeNull();
  expect(closest("x", [])).toBeNull();
});
