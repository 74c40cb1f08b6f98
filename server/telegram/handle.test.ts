import { expect, onTestFinished } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { readEnv } from "#server/lib/env.ts";
import { createLog } from "#server/lib/log.ts";
import { eventsSince } from "#server/events/index.ts";
import { startQueue } from "#server/jobs/index.ts";
import { createReceiver, keepLanesAwake, messagesInWindow } from "#server/messages/index.ts";
import { listChats } from "#server/messages/queries.ts";
import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { noEars } from "./ears.ts";
import { type Drain, handleLane } from "./handle.ts";
import { telegramHandlers } from "./handlers.ts";
import { parseUpdate } from "./webhook.ts";

// Guarantees: what was stored becomes messages in the order of each chat; no update stops another; nothing waits for ever.

const EVERYONE: Drain = { allowedUserIds: null, bot: null, ears: noEars };
const JANE = { id: 31, is_bot: false, first_name: "Jane", username: "jane" };

let chatCount = 0;
const newGroup = (given: { id?: number; [field: string]: unknown } = {}) => {
  chatCount += 1;
  return { id: -1_003_300_000_000 - chatCount, title: `Group ${chatCount}`, type: "supergroup", ...given };
};

async function receive(ctx: Ctx, ...updates: object[]) {
  const receiver = createReceiver({ ...ctx, botId: "42" });
  await Promise.all(updates.map((update) => receiver.receive(parseUpdate(JSON.stringify(update))!)));
}

/** Receives updates of one chat and handles them. */
async function take(ctx: Ctx, ...updates: object[]) {
  await receive(ctx, ...updates);
  await handleLane(EVERYONE, ctx, { chatKey: parseUpdate(JSON.stringify(updates[0]))!.chatKey });
}

const outcomeOf = async ({ db }: Ctx, { update_id: updateId }: { update_id: number }) =>
  (await db.prisma.inboundUpdate.findFirstOrThrow({ where: { updateId } })).outcome;

test("before there is a space updates wait, and are handled by themselves once there is one", async ({
  ctx,
  db,
  make,
}) => {
  const queue = await startQueue({
    ctx,
    handlers: telegramHandlers(readEnv({})),
    homeId: newId(),
    concurrency: 2,
    onFailedForGood: async () => {},
  });
  onTestFinished(queue.stop);
  await receive(ctx, messageUpdate({ text: "Said before anyone was there" }));
  const jobs = async () => (await db.pool.query("select from graphile_worker.jobs")).rowCount;
  await expect.poll(jobs, { timeout: 5_000 }).toBe(0);
  expect(await db.prisma.inboundUpdate.count({ where: { handledAt: null } })).toBe(1);
  await make.space();
  const lanes = keepLanesAwake(ctx);
  onTestFinished(lanes.stop);
  await expect.poll(() => db.prisma.message.count(), { timeout: 8_000 }).toBe(1);
});

test("one that the database refuses is marked, and those behind it are recorded", async ({ ctx, db }) => {
  const chat = newGroup();
  const updates = ["before", "poison", "after"].map((text) => messageUpdate({ chat, text }));
  await db.pool.query("alter table messages add constraint no_poison check (text <> 'poison')");
  await take(ctx, ...updates);
  await db.pool.query("alter table messages drop constraint no_poison");
  expect(await Promise.all(updates.map((update) => outcomeOf(ctx, update)))).toEqual([
    "recorded",
    "failed: it could not be recorded",
    "recorded",
  ]);
  const messages = await db.prisma.message.findMany({ where: { chat: { externalId: String(chat.id) } } });
  expect(messages.map((message) => message.text)).toEqual(["before", "after"]);
  // What was not recorded was not announced either.
  const events = await eventsSince(db, { spaceId: messages[0]!.spaceId, after: 0 });
  const said = events.filter((event) => event.payload["chatId"] === messages[0]!.chatId);
  expect(said.map((event) => event.subjectId)).toEqual(messages.map((message) => message.id));
});

test("a payload that is no JSON, or goes deeper than anything, stops nothing", async ({ ctx, db }) => {
  const chat = newGroup();
  const nested = `${"[".repeat(40_000)}${"]".repeat(40_000)}`;
  const updates = [messageUpdate({ chat, text: "cut short" }), messageUpdate({ chat, text: "fine" })];
  await receive(ctx, ...updates, messageUpdate({ chat, text: "deep" }));
  await db.prisma.inboundUpdate.updateMany({
    where: { updateId: updates[0]!.update_id },
    data: { payload: '{"update_id":1,' },
  });
  await db.prisma.inboundUpdate.updateMany({
    where: { updateId: updates[1]!.update_id + 1 },
    data: {
      payload: `{"message":{"message_id":1,"date":1,"chat":{"id":${chat.id}},"forward_origin":{"a":${nested}}}}`,
    },
  });
  await handleLane(EVERYONE, ctx, { chatKey: String(chat.id) });
  expect(await db.prisma.inboundUpdate.count({ where: { handledAt: null } })).toBe(0);
  expect(await outcomeOf(ctx, updates[0]!)).toMatch(/^failed/);
  expect(await outcomeOf(ctx, updates[1]!)).toBe("recorded");
});

test("chats that bring the same new people in opposite order are all recorded", async ({ ctx, db }) => {
  const people = Array.from({ length: 40 }, (_, i) => ({ id: 9_000 + i, is_bot: false, first_name: `P${i}` }));
  const chats = [newGroup(), newGroup(), newGroup(), newGroup()];
  for (const [i, chat] of chats.entries()) {
    const inOrder = i % 2 === 0 ? people : people.toReversed();
    await receive(ctx, ...inOrder.map((from) => messageUpdate({ chat, from, text: `I am ${from.first_name}` })));
  }
  await Promise.all(chats.map((chat) => handleLane(EVERYONE, ctx, { chatKey: String(chat.id) })));
  expect(await db.prisma.message.count({ where: { text: { startsWith: "I am P" } } })).toBe(160);
  expect(await db.prisma.contributor.count({ where: { displayName: { startsWith: "P" } } })).toBe(40);
});

test("a group that becomes a supergroup keeps its history in one chat, also when the new one spoke first", async ({
  ctx,
  db,
}) => {
  for (const isNewFirst of [false, true]) {
    const old = newGroup({ id: isNewFirst ? -401 : -402, title: "Dock crew", type: "group" });
    const next = newGroup({ title: "Dock crew" });
    const before = [
      messageUpdate({ chat: old, message_id: 1, text: "Who has the keys?" }),
      messageUpdate({ chat: old, message_id: 2, text: "I do", reply_to_message: { message_id: 1, chat: old } }),
      messageUpdate({ chat: old, message_id: 3, migrate_to_chat_id: next.id }),
    ];
    // The supergroup counts from 1 again.
    const after = [
      messageUpdate({ chat: next, message_id: 1, migrate_from_chat_id: old.id }),
      messageUpdate({ chat: next, message_id: 2, text: "We moved" }),
    ];
    for (const updates of isNewFirst ? [after, before] : [before, after]) await take(ctx, ...updates);

    const chats = await db.prisma.chat.findMany({ where: { externalId: { in: [String(old.id), String(next.id)] } } });
    expect(chats).toMatchObject([{ externalId: String(next.id), kind: "supergroup", title: "Dock crew" }]);
    const { spaceId } = chats[0]!;
    const window = { from: new Date(0), to: new Date("2100-01-01") };
    const said = (await messagesInWindow(db, { spaceId, ...window })).filter(({ chatId }) => chatId === chats[0]!.id);
    expect(said.map((message) => message.text).toSorted()).toEqual(["I do", "We moved", "Who has the keys?"]);
    const answer = said.find((message) => message.text === "I do");
    expect(answer?.replyToId).toBe(said.find((message) => message.text === "Who has the keys?")?.id);
  }
});

test("a topic's name is kept once known, and follows a new one", async ({ ctx, db }) => {
  const chat = newGroup({ is_forum: true, title: "Shipyard" });
  const inTopic = (given: object) => messageUpdate({ chat, message_thread_id: 9, is_topic_message: true, ...given });
  const titleAfter = async (update: object) => {
    await take(ctx, update);
    const row = await db.prisma.chat.findFirstOrThrow({ where: { externalId: String(chat.id), threadId: "9" } });
    return row.title;
  };
  expect(await titleAfter(inTopic({ text: "Hello" }))).toBe("Shipyard › topic 9");
  expect(await titleAfter(inTopic({ forum_topic_edited: { name: "Cranes" } }))).toBe("Shipyard › Cranes");
  expect(await titleAfter(inTopic({ text: "Still there" }))).toBe("Shipyard › Cranes");
  await take(ctx, messageUpdate({ chat, text: "In General", message_thread_id: 9 }));
  const { spaceId } = await db.prisma.chat.findFirstOrThrow({ where: { externalId: String(chat.id), threadId: "" } });
  const listed = await listChats(ctx, { spaceId });
  expect(listed.find((each) => each.title === "Shipyard")?.messageCount).toBe(1);
});

test("who said it is the person, the channel they spoke as, or nobody where the chat itself speaks", async ({
  ctx,
  db,
}) => {
  const chat = newGroup({ title: "Council" });
  const anonymous = { id: 1087968824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" };
  const updates = [
    messageUpdate({ chat, from: JANE, text: "person" }),
    messageUpdate({ chat, from: anonymous, sender_chat: chat, text: "anonymous admin" }),
    messageUpdate({
      chat,
      from: { id: 777000, is_bot: false, first_name: "Telegram" },
      sender_chat: { id: -1009900990099, title: "News", username: "news", type: "channel" },
      text: "linked channel",
    }),
    messageUpdate({ chat, from: { id: 32, is_bot: true, first_name: "" }, text: "nameless" }),
  ];
  await take(ctx, ...updates);
  const rows = await db.prisma.message.findMany({
    where: { chat: { externalId: String(chat.id) } },
    orderBy: { id: "asc" },
    include: { contributor: true },
  });
  expect(rows.map((row) => [row.text, row.contributor?.displayName, row.contributor?.isBot])).toEqual([
    ["person", "Jane", false],
    ["anonymous admin", undefined, undefined],
    ["linked channel", "News", false],
    ["nameless", "User 32", true],
  ]);
});

test("a forward names its origin, also in the fields that came before forward_origin", async ({ ctx, db }) => {
  const chat = newGroup();
  const cases: Array<[object, string]> = [
    [{ forward_origin: { type: "user", sender_user: JANE, date: 5 } }, "Jane"],
    [{ forward_origin: { type: "hidden_user", sender_user_name: "Someone", date: 5 } }, "Someone"],
    [{ forward_origin: { type: "channel", chat: { id: -1, title: "News" }, message_id: 3, date: 5 } }, "News"],
    [{ forward_origin: { type: "chat", sender_chat: { id: -2, title: "Board" }, date: 5 } }, "Board"],
    [{ forward_from: JANE, forward_date: 5 }, "Jane"],
    [{ forward_sender_name: "Someone", forward_date: 5 }, "Someone"],
    [{ forward_from_chat: { id: -1, title: "News", type: "channel" }, forward_from_message_id: 3 }, "News"],
    [{ forward_from_chat: { id: -2, title: "Board", type: "supergroup" }, forward_date: 5 }, "Board"],
  ];
  await take(ctx, ...cases.map(([fields], i) => messageUpdate({ chat, text: `forward ${i}`, ...fields })));
  const { id: chatId, spaceId } = await db.prisma.chat.findFirstOrThrow({ where: { externalId: String(chat.id) } });
  const window = { from: new Date(0), to: new Date("2100-01-01") };
  const said = (await messagesInWindow(db, { spaceId, ...window })).filter((message) => message.chatId === chatId);
  expect(said.map((message) => message.forwardedFrom)).toEqual(cases.map(([, name]) => name));
});

test("a permalink leads to where Telegram shows the message, and private chats have none", async ({ ctx, db }) => {
  const chats: Array<[{ id: number; [field: string]: unknown }, RegExp | null]> = [
    [newGroup({ id: -1001234567890 }), /^https:\/\/t\.me\/c\/1234567890\/\d+$/],
    [newGroup({ username: "ferry_office" }), /^https:\/\/t\.me\/ferry_office\/\d+$/],
    [newGroup({ username: "not/a name" }), /^https:\/\/t\.me\/c\/3300\d+\/\d+$/],
    [newGroup({ id: -4321, type: "group" }), null],
    [{ ...JANE, type: "private" }, null],
  ];
  for (const [chat, expected] of chats) {
    const update = messageUpdate({ chat, text: "Where am I?" });
    await take(ctx, update);
    const row = await db.prisma.message.findFirstOrThrow({ where: { chat: { externalId: String(chat.id) } } });
    if (expected === null) expect(row.permalink).toBeNull();
    else expect(row.permalink).toMatch(expected);
  }
});

test("texts and entities are kept as JSON can carry them, one unit for one unit", async ({ ctx, db }) => {
  const chat = newGroup();
  const entities = [{ type: "custom_\0emoji", offset: 3, length: 1, "k\0\ud800": "\\u0000 stays" }];
  await take(ctx, messageUpdate({ chat, text: "a\0b\ud800c 😀 \\u0000", entities }));
  const row = await db.prisma.message.findFirstOrThrow({ where: { chat: { externalId: String(chat.id) } } });
  expect(row.text).toBe("a�b�c 😀 \\u0000");
  expect(row.entities).toEqual([{ type: "custom_�emoji", offset: 3, length: 1, "k��": "\\u0000 stays" }]);
});

test("whoever is not on the list leaves no trace, under any kind of update", async ({ ctx, db }) => {
  const chat = newGroup();
  const eve = { id: 666, is_bot: false, first_name: "Eve" };
  const channel = { id: -1007700770077, title: "Ours", type: "channel" };
  const updates = [
    messageUpdate({ chat, from: eve, text: "secret" }),
    messageUpdate({ chat, from: eve, text: "secret, edited", edit_date: 1_763_900_000 }, "edited_message"),
    { update_id: 691_001, message_reaction: { chat, message_id: 1, user: eve, date: 1 } },
    { update_id: 691_002, callback_query: { id: "1", from: eve, message: { message_id: 1, chat, date: 0 } } },
    messageUpdate({ chat, from: JANE, sender_chat: chat, text: "hides behind the group" }),
    messageUpdate({ chat, from: undefined, text: "nobody" }),
    messageUpdate({ chat, from: JANE, text: "heard" }),
    messageUpdate({ chat, from: JANE, sender_chat: channel, text: "heard as a channel" }),
  ];
  await receive(ctx, ...updates);
  const [handler] = telegramHandlers(readEnv({ TELEGRAM_ALLOWED_USER_IDS: ` 31, ${channel.id},` }));
  const run = {
    jobId: "1",
    attempt: 1,
    isLastAttempt: false,
    workerProcessId: "w",
    signal: new AbortController().signal,
  };
  await handler!.task(run, ctx, { chatKey: String(chat.id) });
  const rows = await db.prisma.inboundUpdate.findMany({
    where: { updateId: { in: updates.map((update) => update.update_id) } },
  });
  const unkept = rows.filter((row) => row.payload === "{}");
  expect(unkept.map((row) => row.chatKey)).toEqual(["-", "-", "-", "-", "-", "-"]);
  expect(rows.every((row) => row.handledAt !== null)).toBe(true);
  const messages = await db.prisma.message.findMany({ where: { chat: { externalId: String(chat.id) } } });
  expect(messages.map((message) => message.text)).toEqual(["heard", "heard as a channel"]);
  expect(await db.prisma.contributor.count({ where: { externalId: "666" } })).toBe(0);
});

test("no line of the log holds what was said, nor who said it", async ({ ctx, db }) => {
  const lines: string[] = [];
  const log = createLog({ level: "trace", stream: { write: (line) => void lines.push(line) } });
  const chat = newGroup({ title: "Confidential title" });
  await db.pool.query("alter table messages add constraint no_words check (text <> 'confidential words')");
  await take(
    { ...ctx, log },
    messageUpdate({ chat, from: { ...JANE, first_name: "Confidential name" }, text: "confidential words" }),
  );
  await db.pool.query("alter table messages drop constraint no_words");
  expect(lines).toHaveLength(1);
  expect(lines.join("")).not.toMatch(/confidential/i);
});
