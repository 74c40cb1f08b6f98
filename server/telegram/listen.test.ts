import { expect } from "vitest";

import type { HeardMessage } from "#server/assistant/heard.ts";
import { emit, eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { createReceiver } from "#server/messages/index.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";
import { test } from "#tests/support/test.ts";

import { type Ears, noEars } from "./ears.ts";
import { type Drain, handleLane } from "./handle.ts";
import { parseUpdate } from "./webhook.ts";

// Guarantees: what is new is heard once, by our own ids; what a listener breaks takes back nothing but what it did itself.

const BOT = { id: 42, is_bot: true, first_name: "Winnow", username: "winnow_test_bot" };
const IVO = { id: 31, is_bot: false, first_name: "Ivo", language_code: "et" };
const PRIVATE = { ...IVO, type: "private" };

let chatCount = 0;
const newGroup = (given: object = {}) => ({
  id: -1_003_400_000_000 - (chatCount += 1),
  title: `Group ${chatCount}`,
  type: "supergroup",
  ...given,
});

/** Handles updates of one chat, with someone who writes down what they hear. */
async function take(ctx: Ctx, updates: object[], given: Partial<Ears> = {}) {
  const heard: Array<{ ear: string } & Partial<HeardMessage> & Record<string, unknown>> = [];
  const listenTo = (ear: keyof Ears) => async (_tx: unknown, _ctx: unknown, what: object) =>
    void heard.push({ ear, ...what });
  const ears: Ears = {
    ...noEars,
    hear: listenTo("hear"),
    tap: listenTo("tap"),
    stop: listenTo("stop"),
    reacted: listenTo("reacted"),
    ...given,
  };
  const bot = { id: "42", name: async () => "winnow_test_bot", secret: "s" };
  const drain: Drain = { allowedUserIds: new Set(["31", "32", "33", "34"]), bot, ears };
  const receiver = createReceiver({ ...ctx, botId: "42" });
  const parsed = updates.map((update) => parseUpdate(JSON.stringify(update))!);
  for (const update of parsed) await receiver.receive(update);
  await handleLane(drain, ctx, { chatKey: parsed[0]!.chatKey });
  return heard;
}

const outcomeOf = async ({ db }: Ctx, update: object) =>
  db.prisma.inboundUpdate.findFirstOrThrow({ where: { updateId: (update as { update_id: number }).update_id } });

test("a new message is heard once, with what it says to the bot and what it answers", async ({ ctx, db, make }) => {
  await make.space();
  const chat = newGroup();
  const [question, answer] = [
    messageUpdate({ chat, from: IVO, message_id: 10, text: "Where is the key?" }),
    messageUpdate({
      chat,
      from: { ...IVO, id: 32 },
      message_id: 11,
      media_group_id: "g",
      caption: "/note@Winnow_Test_Bot here\0",
      caption_entities: [{ type: "bot_command", offset: 0, length: 21 }],
      photo: [{ file_id: "p", width: 1, height: 1 }],
      reply_to_message: { message_id: 10, chat, from: IVO },
    }),
  ];
  const edited = messageUpdate(
    { ...(answer.message as object), caption: "Edited", edit_date: 1_763_900_000 },
    "edited_message",
  );
  const unknown = messageUpdate({ chat, from: IVO, message_id: 3, text: "Old", edit_date: 1 }, "edited_message");
  const others = [
    messageUpdate({ chat, from: IVO, text: undefined, new_chat_members: [IVO] }),
    messageUpdate({ chat, from: { ...IVO, id: 33, is_bot: true }, text: "Beep" }),
    messageUpdate({ chat, from: BOT, text: "I said this" }),
  ];
  const heard = await take(ctx, [question, answer, answer, edited, unknown, ...others]);
  const row = async (externalId: string) => db.prisma.message.findFirstOrThrow({ where: { externalId } });
  expect(heard).toEqual([
    {
      ear: "hear",
      spaceId: expect.any(String),
      channel: "telegram",
      chatId: (await row("10")).chatId,
      contributorId: (await row("10")).contributorId,
      isPrivate: false,
      language: "et",
      messageId: (await row("10")).id,
      externalId: "10",
      text: "Where is the key?",
      command: null,
      isAddressed: false,
      answersWinnow: false,
      mediaGroupId: null,
      hasFiles: false,
      repliesToMessageId: null,
    },
    expect.objectContaining({
      messageId: (await row("11")).id,
      text: "/note@Winnow_Test_Bot here�",
      command: { name: "note", words: "here�" },
      isAddressed: true,
      mediaGroupId: "g",
      hasFiles: true,
      repliesToMessageId: (await row("10")).id,
    }),
  ]);
  expect(await db.prisma.attachment.findMany({ select: { kind: true, externalId: true, status: true } })).toEqual([
    { kind: "photo", externalId: "p", status: "waiting" },
  ]);
  expect(await db.prisma.message.count({ where: { text: "I said this" } })).toBe(0);
  // Everything that was not heard is recorded all the same.
  expect(await row("3")).toMatchObject({ text: "Old" });
  expect(await row("11")).toMatchObject({ text: "Edited", revision: 2 });
});

test("a listener that breaks is taken back with its events; the message stays, and those behind it are heard", async ({
  ctx,
  db,
}) => {
  const chat = newGroup();
  const said = ["fine before", "breaks", "poison", "fine after"];
  const broken: Ears["hear"] = async (tx, own, { text, spaceId, messageId }) => {
    await tx.query("update messages set permalink = 'heard' where id = $1", [messageId]);
    emit(tx, { spaceId, type: "job.failed", subjectId: text, actor: own.actor, at: own.now() });
    if (text === "breaks") throw new Error("A listener broke.");
    if (text === "poison") await tx.query("select 1 / 0");
  };
  const updates = said.map((text) => messageUpdate({ chat, from: IVO, text }));
  await take(ctx, updates, { hear: broken });
  const rows = await db.prisma.message.findMany({
    where: { chat: { externalId: String(chat.id) } },
    orderBy: { id: "asc" },
  });
  expect(rows.map((row) => [row.text, row.permalink === "heard"])).toEqual([
    ["fine before", true],
    ["breaks", false],
    ["poison", false],
    ["fine after", true],
  ]);
  const events = await eventsSince(db, { spaceId: rows[0]!.spaceId, after: 0 });
  expect(events.flatMap((event) => (event.type === "job.failed" ? event.subjectId : []))).toEqual([
    "fine before",
    "fine after",
  ]);
  expect(events.filter((event) => rows.some((row) => row.id === event.subjectId))).toHaveLength(4);
  for (const update of updates) expect((await outcomeOf(ctx, update)).outcome).toBe("recorded");
});

test("a tap, a stop and a reaction are heard with who does it and where, new people included", async ({ ctx, db }) => {
  const chat = newGroup();
  const [topic, post] = [{ is_topic_message: true, message_thread_id: 9 }, newId()];
  await take(ctx, [messageUpdate({ chat, from: IVO, message_id: 50, text: "In a topic", ...topic })]);
  const inTopic = await db.prisma.chat.findFirstOrThrow({ where: { externalId: String(chat.id), threadId: "9" } });
  await db.prisma.post.create({
    data: {
      id: post,
      spaceId: inTopic.spaceId,
      chatId: inTopic.id,
      key: "k",
      subjectType: "x",
      subjectId: "x",
      content: {},
      externalId: "51",
      createdAt: new Date(),
    },
  });
  const reaction = (messageId: number) => ({
    update_id: 810_000 + messageId,
    message_reaction: {
      chat,
      message_id: messageId,
      user: { ...IVO, id: 32, first_name: "New" },
      old_reaction: [],
      new_reaction: [{ type: "emoji", emoji: "👍" }],
    },
  });
  const tap = { update_id: 810_001, callback_query: { id: "7", from: IVO, data: "t", message: { chat, date: 0 } } };
  const heard = await take(ctx, [reaction(50), reaction(51), reaction(52), tap]);
  const newcomer = await db.prisma.contributor.findFirstOrThrow({ where: { displayName: "New" } });
  const said = await db.prisma.message.findFirstOrThrow({ where: { externalId: "50" } });
  const general = await db.prisma.chat.findFirstOrThrow({ where: { externalId: String(chat.id), threadId: "" } });
  expect(heard.toSorted((a, b) => String(a["externalId"]).localeCompare(String(b["externalId"])))).toMatchObject([
    { externalId: "50", messageId: said.id, chatId: inTopic.id, contributorId: newcomer.id, added: ["👍"] },
    { externalId: "51", messageId: null, chatId: inTopic.id },
    { externalId: "52", messageId: null, chatId: general.id },
    { ear: "tap", tapId: "7", token: "t", chatId: general.id, language: "et" },
  ]);
  // The topic keeps its name.
  expect(await db.prisma.chat.findFirstOrThrow({ where: { id: inTopic.id } })).toMatchObject({ title: inTopic.title });
  const stopped = await take(ctx, [{ update_id: 810_002, stopped_message_generation: { chat: PRIVATE, draft_id: 1 } }]);
  expect(stopped).toMatchObject([{ ear: "stop", isPrivate: true, contributorId: expect.any(String) }]);
});

test("of someone who wants nothing kept, groups keep nothing, and private chats go on", async ({ ctx, db }) => {
  const chat = newGroup();
  await take(ctx, [messageUpdate({ chat, from: IVO, message_id: 70, text: "Before" })]);
  await db.prisma.contributor.updateMany({ where: { externalId: "31" }, data: { optedOutAt: new Date() } });
  const updates = [
    messageUpdate({ chat, from: { ...IVO, first_name: "Renamed" }, text: "Keep this not" }),
    messageUpdate({ chat, from: IVO, message_id: 70, text: "Nor this", edit_date: 1_763_900_000 }, "edited_message"),
    { update_id: 690_201, message_reaction: { chat, message_id: 70, user: IVO, new_reaction: [] } },
    { update_id: 690_202, callback_query: { id: "8", from: IVO, data: "t", message: { chat, date: 0 } } },
    messageUpdate({ chat, from: { ...IVO, id: 32 }, text: "Others go on" }),
  ];
  const heard = await take(ctx, updates);
  expect(heard.map(({ ear, text }) => [ear, text])).toEqual([
    ["tap", undefined],
    ["hear", "Others go on"],
  ]);
  for (const update of updates.slice(0, 4)) expect((await outcomeOf(ctx, update)).payload).toBe("{}");
  const rows = await db.prisma.message.findMany({ where: { chat: { externalId: String(chat.id) } } });
  expect(rows.map((row) => row.text).toSorted()).toEqual(["Before", "Others go on"]);
  const privately = await take(ctx, [messageUpdate({ chat: PRIVATE, from: IVO, text: "Between us" })]);
  expect(privately).toMatchObject([{ ear: "hear", text: "Between us", isAddressed: true, isPrivate: true }]);
  await db.prisma.contributor.updateMany({ data: { optedOutAt: null } });
});

test("the language that someone speaks is the last that their client told", async ({ ctx, db }) => {
  const chat = newGroup();
  const from = { ...IVO, id: 34 };
  const languageAfter = async (tag: string | undefined) => {
    await take(ctx, [messageUpdate({ chat, from: { ...from, language_code: tag }, text: `In ${tag}` })]);
    return (await db.prisma.contributor.findFirstOrThrow({ where: { externalId: "34" } })).language;
  };
  expect(await languageAfter(undefined)).toBeNull();
  expect(await languageAfter("fi")).toBe("fi");
  expect(await languageAfter("sv")).toBe("sv");
  expect(await languageAfter(undefined)).toBe("sv");
});

test("files that an edit brings are recorded, and those that only changed their id are not", async ({ ctx, db }) => {
  const chat = newGroup();
  const file = (id: string, name: string) => ({ file_id: id, file_unique_id: name, file_name: name, file_size: 7 });
  const message = { chat, from: IVO, message_id: 90, caption: "Plan" };
  const edit = (given: object, seconds: number) =>
    messageUpdate({ ...message, ...given, edit_date: 1_763_900_000 + seconds }, "edited_message");
  await take(ctx, [
    messageUpdate({ ...message, document: file("a", "plan.pdf") }),
    edit({ document: file("a2", "plan.pdf"), caption: "The plan" }, 1),
    edit({ document: file("b", "better.pdf") }, 2),
    edit({ document: file("a3", "plan.pdf") }, 1),
  ]);
  const files = await db.prisma.attachment.findMany({
    where: { message: { externalId: "90" } },
    orderBy: { id: "asc" },
    select: { externalId: true, name: true, size: true },
  });
  expect(files).toEqual([
    { externalId: "a", name: "plan.pdf", size: 7n },
    { externalId: "b", name: "better.pdf", size: 7n },
  ]);
});
