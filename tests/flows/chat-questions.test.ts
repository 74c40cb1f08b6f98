import { describe, expect, onTestFinished } from "vitest";

import { createNote } from "#server/knowledge/request.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { startFakeModel } from "#tests/support/fake-model.ts";
import { badGateway, badRequest, blocked, hangFor, tooManyRequests } from "#tests/support/fake-telegram.ts";
import { QUICK } from "#tests/support/llm.ts";
import { onlySpace, openTelegramRoom } from "#tests/support/telegram-room.ts";
import { test } from "#tests/support/test.ts";

// Ask mode over the real doors, with a model and without, and what becomes of an answer when Telegram or the model is in trouble.

const NOTES = [
  { title: "Harbour permit", body: "The harbour permit costs 240 euros a year. It is renewed in April by Ivo." },
  { title: "Winter timetable", body: "From 1 November the ferry to Hiiumaa leaves at 7:40 and at 16:10." },
];

async function open(ctx: Ctx, spaceId: string, options: Parameters<typeof openTelegramRoom>[2] = {}) {
  const room = await openTelegramRoom(ctx, spaceId, { timing: QUICK, ...options });
  onTestFinished(() => room.stop());
  await room.services.kbs.open(spaceId);
  for (const note of NOTES) await createNote(ctx, { spaceId, type: "Note", topic: null, tags: [], ...note });
  await expect.poll(() => ctx.db.prisma.note.count({ where: { spaceId } }), { timeout: 10_000 }).toBe(NOTES.length);
  return room;
}

async function openWithModel(ctx: Ctx, spaceId: string, options: Parameters<typeof openTelegramRoom>[2] = {}) {
  const model = await startFakeModel();
  onTestFinished(() => model.stop());
  const env = { OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: "sk-secret", LLM_MODEL: "test-model" };
  return { model, ...(await open(ctx, spaceId, { ...options, env })) };
}

describe("a question, by the rules", () => {
  test("is answered by a passage in its own words, with its source", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId);
    const maren = room.person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    const answer = await maren.hears("240 euros a year");
    expect(answer.text).toContain("[1]");
    expect(answer.text).toContain("Harbour permit");
    expect(answer.text).toContain("rules engine");
    expect(answer.text).toMatch(/Strong|Fair/);
    expect(answer.buttons.flat().map(({ text }) => text)).not.toContain("Cancel");
    const turns = await db.prisma.turn.findMany({ orderBy: { at: "asc" } });
    expect(turns.map(({ role }) => role).toSorted()).toEqual(["assistant", "user"]);
  });

  test("that the notes do not answer is a gap with the nearest notes", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId);
    const maren = room.person(5101, "Maren");
    await maren.say("/ask Who repairs the coffee machine?");
    await maren.hears("I don't know");
    expect(await db.prisma.gap.findMany()).toMatchObject([
      { spaceId, question: "Who repairs the coffee machine?", status: "open" },
    ]);
  });

  test("that points back is about the one before; a short one of its own is not", async ({ ctx, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId);
    const maren = room.person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    await maren.hears("240 euros a year");
    await maren.say("/ask Who waters plants on Mars?");
    await maren.hears("I don't know");
    await maren.say("/ask What does the harbour permit cost, again?");
    await expect.poll(() => maren.messages().length, { timeout: 10_000 }).toBe(3);
    await maren.hears("240 euros a year");
    await maren.say("/ask And who renews it?");
    await expect.poll(() => maren.messages().at(-1)?.text, { timeout: 10_000 }).toContain("renewed in April by Ivo");
    expect(maren.messages()).toHaveLength(4);
  });

  test("in a group is one message; what is not for Winnow is only recorded", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId);
    const group = { id: -1002200110022, type: "supergroup", title: "Ferry office" };
    const maren = room.person(5101, "Maren", { chat: group });
    await maren.say("When does the ferry leave?");
    const asked = "@winnow_test_bot When does the ferry to Hiiumaa leave?";
    await maren.say(asked, { entities: [{ type: "mention", offset: 0, length: 16 }] });
    await maren.hears("7:40");
    expect(maren.messages()).toHaveLength(1);
    expect(await db.prisma.request.findMany()).toMatchObject([{ mode: "ask" }]);
    expect(await db.prisma.message.count({ where: { requestId: null } })).toBe(1);
  });
});

describe("a question, by a model", () => {
  test("is streamed as a draft, then told with the sources that were cited and read", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const { model, telegram, person } = await openWithModel(ctx, spaceId);
    model.next({
      type: "stream",
      chunks: ["The permit costs ", "240 euros [1][7]", ", says the note."],
      pauseMs: 300,
    });
    const maren = person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    const answer = await maren.hears("240 euros [1], says the note.");
    expect(answer.text).toContain("1. Harbour permit");
    expect(answer.text).not.toContain("[7]");
    expect(telegram.drafts.length).toBeGreaterThan(0);
    expect(maren.messages()).toHaveLength(1);
    const said = JSON.stringify(model.requests.at(-1));
    expect(said).toContain("240 euros a year");
    expect(await db.prisma.llmCall.findMany({ where: { useCase: "assistant.ask" } })).toMatchObject([
      { outcome: "ok", model: "test-model" },
    ]);
  });

  test("a follow-up knows what was said; /reset forgets it", async ({ ctx, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const { model, person } = await openWithModel(ctx, spaceId);
    model.next({ type: "text", text: "It costs 240 euros [1]." }, { type: "text", text: "Ivo does [1]." });
    const maren = person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    await maren.hears("It costs 240 euros");
    await maren.say("/ask And who renews it?");
    await maren.hears("Ivo does");
    expect(JSON.stringify(model.requests.at(-1))).toContain("It costs 240 euros [1].");
    await maren.say("/reset");
    model.next({ type: "text", text: "At 7:40 [1]." });
    await maren.say("/ask When does the ferry to Hiiumaa leave?");
    await maren.hears("At 7:40");
    expect(JSON.stringify(model.requests.at(-1))).not.toContain("It costs 240 euros [1].");
  });

  test("that is down is answered by the rules, and says so; a cut stream is asked for again", async ({ ctx, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const { model, person } = await openWithModel(ctx, spaceId);
    model.next(
      { type: "stream", chunks: ["It costs "], end: "cut" },
      { type: "text", text: "It costs 240 euros [1]." },
    );
    const maren = person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    await maren.hears("It costs 240 euros");
    model.always(() => ({ type: "status", status: 500 }));
    await maren.say("/ask What does the harbour permit cost a year?");
    const answer = await maren.hears("The model did not answer");
    expect(answer.text).toContain("240 euros a year");
  });

  test("that refuses the key is told in words, without the key", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const { model, person } = await openWithModel(ctx, spaceId);
    model.always(() => ({ type: "status", status: 401, message: "Incorrect API key: sk-secret" }));
    const maren = person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    const told = await maren.hears("That did not work.");
    expect(told.text).toContain("OPENAI_API_KEY");
    expect(told.text).not.toContain("sk-secret");
    expect(told.buttons.flat().map(({ text }) => text)).toEqual(["Try again"]);
    expect(JSON.stringify(await db.prisma.request.findMany())).not.toContain("sk-secret");
  });

  test("Cancel ends it within a moment, with nothing said", async ({ ctx, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const { model, telegram, person } = await openWithModel(ctx, spaceId);
    telegram.fail("sendMessageDraft", badRequest("method not found"));
    model.next({ type: "hang" });
    const maren = person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    await maren.hears("Thinking…");
    await maren.press("Cancel");
    await maren.hears("Cancelled. Nothing was written.");
    expect(maren.messages()).toHaveLength(1);
  });
});

test("what is said in a voice message stands in its note", async ({ ctx, db, make }) => {
  const spaceId = await onlySpace(ctx, make);
  const { model, telegram, person } = await openWithModel(ctx, spaceId);
  telegram.addFile("voice", Buffer.from("The crane is checked on Thursday."));
  const words = {
    type: "Note",
    title: "Crane check",
    summary: "Thursday.",
    body: "See the recording.",
    topic: null,
    tags: [],
  };
  model.always(() => ({ type: "json", value: words }));
  const maren = person(5101, "Maren");
  await maren.say("", {
    voice: { file_id: "voice", file_unique_id: "v", duration: 3, mime_type: "audio/ogg", file_size: 33 },
  });
  await maren.hears("Note written: Crane check");
  const note = await db.prisma.note.findFirstOrThrow({ where: { spaceId, title: "Crane check" } });
  expect(note.body).toContain("The crane is checked on Thursday.");
  expect(model.transcribed).toHaveLength(1);
});

describe("when Telegram is in trouble", () => {
  test("429, 502 and a slow answer cost time, and no answer", async ({ ctx, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId);
    room.telegram.fail("sendMessage", tooManyRequests(1));
    room.telegram.fail("sendMessage", badGateway);
    room.telegram.fail("editMessageText", hangFor(500));
    room.telegram.fail("editMessageText", tooManyRequests(1));
    const maren = room.person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    await maren.hears("240 euros a year");
    expect(maren.messages()).toHaveLength(1);
    expect(room.services.failures).toEqual([]);
  });

  test("who blocked the bot is not written to; who comes back is", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId);
    room.telegram.fail("sendMessage", blocked);
    const maren = room.person(5101, "Maren");
    await maren.say("/ask What does the harbour permit cost?");
    await expect
      .poll(() => db.prisma.chat.count({ where: { unreachable: { not: null } } }), { timeout: 10_000 })
      .toBe(1);
    await expect
      .poll(async () => (await db.prisma.request.findMany()).map(({ status }) => status), { timeout: 10_000 })
      .toEqual(["done"]);
    await maren.send("my_chat_member", {
      chat: { id: 5101, type: "private", first_name: "Maren" },
      from: maren.from,
      date: Math.floor(Date.now() / 1000),
      old_chat_member: { user: { id: 4_200_042, is_bot: true, first_name: "Winnow" }, status: "kicked", until_date: 0 },
      new_chat_member: { user: { id: 4_200_042, is_bot: true, first_name: "Winnow" }, status: "member" },
    });
    await maren.say("/ask When does the ferry to Hiiumaa leave?");
    await maren.hears("7:40");
    expect(room.services.failures).toEqual([]);
  });

  test("the same update any number of times is one request", async ({ ctx, db, make }) => {
    const spaceId = await onlySpace(ctx, make);
    const room = await open(ctx, spaceId);
    const maren = room.person(5101, "Maren");
    const update = {
      update_id: 77,
      message: {
        message_id: 9_001,
        from: maren.from,
        chat: { id: 5101, type: "private" },
        date: 1_795_000_000,
        text: "/ask What does the permit cost?",
      },
    };
    await Promise.all(Array.from({ length: 10 }, () => room.services.send(update)));
    await maren.hears("240");
    expect(await db.prisma.request.count()).toBe(1);
    expect(maren.messages()).toHaveLength(1);
  });
});
