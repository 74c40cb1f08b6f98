import { afterEach, expect, test } from "vitest";

import type { ChannelPort } from "#server/channels/index.ts";
import { createLog } from "#server/lib/log.ts";
import {
  badGateway,
  badRequest,
  blocked,
  type FakeTelegram,
  hangFor,
  startFakeTelegram,
  tooManyRequests,
} from "#tests/support/fake-telegram.ts";

import { createTelegramChannel } from "./channel.ts";

// Guarantees: what is said arrives, once and whole, whatever Telegram does; errors are ours, and no token is in them or in logs.

type Place = Parameters<ChannelPort["send"]>[0];
type Shown = Parameters<ChannelPort["send"]>[1];

const PRIVATE: Place = { externalId: "77", threadId: "", kind: "private" };
const TOPIC: Place = { externalId: "-10088", threadId: "5", kind: "supergroup" };
const CHAT = 77;
const GROUP = -10_088;
const signal = new AbortController().signal;
const loud = { replyToExternalId: null, isQuiet: false, signal };

const cleanups: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function open() {
  const fake = await startFakeTelegram();
  cleanups.push(fake.stop);
  const lines: string[] = [];
  const clock = { now: new Date("2026-01-05T10:00:00Z") };
  const channel = createTelegramChannel({
    token: fake.token,
    apiRoot: fake.apiRoot,
    log: createLog({ level: "debug", stream: { write: (line) => lines.push(line) } }),
    now: () => clock.now,
    patience: { hangS: 0.3, firstPauseMs: 10, tries: 3, longestWaitS: 2, downloadMs: 300 },
  });
  return { fake, channel, lines, clock };
}

const shown = (text: string, buttons: Shown["buttons"] = []): Shown => ({ text, buttons, isWorking: false });
const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`).join(" ");
const textsIn = (fake: FakeTelegram, chatId = CHAT) => fake.messagesIn(chatId).map(({ text }) => text);
const BUTTONS: Shown["buttons"] = [
  [
    { label: "Approve", style: "success", token: "a1" },
    { label: "Open", url: "https://winnow.example/p/1" },
  ],
];

test("a post in a topic: marks, buttons, an answer to a message, quiet", async () => {
  const { fake, channel } = await open();
  const post = await channel.send(TOPIC, shown("**Hi** there", BUTTONS), {
    replyToExternalId: "42",
    isQuiet: true,
    signal,
  });
  expect(fake.messagesIn(GROUP)).toEqual([
    {
      id: Number(post.externalId),
      chatId: GROUP,
      threadId: 5,
      text: "Hi there",
      entities: [{ type: "bold", offset: 0, length: 2 }],
      buttons: [
        [
          { text: "Approve", style: "success", callback_data: "a1" },
          { text: "Open", url: "https://winnow.example/p/1" },
        ],
      ],
      replyTo: 42,
      isQuiet: true,
      file: null,
      earlierTexts: [],
    },
  ]);
  const [call] = fake.callsOf("sendMessage");
  expect(call?.body["link_preview_options"]).toEqual({ is_disabled: true });
  expect(call?.body["reply_parameters"]).toEqual({ message_id: 42, allow_sending_without_reply: true });
  expect(call?.body).not.toHaveProperty("parse_mode");
});

test("the General topic has no number", async () => {
  const { fake, channel } = await open();
  await channel.send({ ...TOPIC, threadId: "" }, shown("Hi"), loud);
  expect(fake.callsOf("sendMessage")[0]?.body).not.toHaveProperty("message_thread_id");
  expect(channel.paceMs(PRIVATE)).toBe(1_000);
  expect(channel.paceMs(TOPIC)).toBe(3_000);
});

test("a long text is several messages, with the buttons under the last", async () => {
  const { fake, channel } = await open();
  const text = words(1_200);
  const post = await channel.send(PRIVATE, shown(text, BUTTONS), loud);
  const messages = fake.messagesIn(CHAT);
  expect(messages.map(({ text: part }) => part).join(" ")).toBe(text);
  expect(messages.map(({ buttons }) => buttons.length)).toEqual([0, 0, 1]);
  expect([post.externalId, ...post.moreIds]).toEqual(messages.map(({ id }) => String(id)));
});

test("a very long text is a file, with its beginning as a message", async () => {
  const { fake, channel } = await open();
  const text = `**Start** ${words(3_000)}`.replaceAll("0 ", "0\n");
  const post = await channel.send(TOPIC, shown(text, BUTTONS), loud);
  const [first, file] = fake.messagesIn(GROUP);
  expect(first?.text.startsWith("Start word0\nword1 word2")).toBe(true);
  expect(file).toMatchObject({ threadId: 5, replyTo: first?.id, file: { name: "full-text.md", content: text } });
  expect([first?.buttons.length, file?.buttons.length]).toEqual([0, 1]);

  const other = await channel.edit(TOPIC, post, shown(`New ${text}`, BUTTONS), { signal });
  expect(other).toEqual(post);
  expect(fake.messagesIn(GROUP)[1]?.file?.content).toBe(`New ${text}`);

  const short = await channel.edit(TOPIC, post, shown(words(700), BUTTONS), { signal });
  expect(short.externalId).toBe(post.externalId);
  const after = fake.messagesIn(GROUP);
  expect(after.map(({ file: attached }) => attached)).toEqual([null, null]);
  expect(after.map(({ text: part }) => part).join(" ")).toBe(words(700));
});

test("an edit changes the message in place, and adds or takes away what follows it", async () => {
  const { fake, channel } = await open();
  const first = await channel.send(PRIVATE, shown("short", BUTTONS), loud);
  const long = await channel.edit(PRIVATE, first, shown(words(1_200), BUTTONS), { signal });
  expect(long.externalId).toBe(first.externalId);
  expect(fake.messagesIn(CHAT).map(({ buttons }) => buttons.length)).toEqual([0, 0, 1]);
  expect(textsIn(fake).join(" ")).toBe(words(1_200));

  const again = await channel.edit(PRIVATE, long, shown("short again"), { signal });
  expect(again).toEqual({ externalId: first.externalId, moreIds: [] });
  expect(fake.messagesIn(CHAT)).toMatchObject([{ text: "short again", buttons: [] }]);
});

test("the same content again is no error, and no new message", async () => {
  const { fake, channel } = await open();
  const post = await channel.send(PRIVATE, shown("same", BUTTONS), loud);
  expect(await channel.edit(PRIVATE, post, shown("same", BUTTONS), { signal })).toEqual(post);
  expect(textsIn(fake)).toEqual(["same"]);
});

test.each([badRequest("message to edit not found"), badRequest("message can't be edited")])(
  "a message that is gone is not found, and nothing new is sent: $description",
  async (fault) => {
    const { fake, channel } = await open();
    const post = await channel.send(PRIVATE, shown("one"), loud);
    fake.fail("editMessageText", fault);
    await expect(channel.edit(PRIVATE, post, shown("two"), { signal })).rejects.toMatchObject({ code: "not_found" });
    expect(textsIn(fake)).toEqual(["one"]);
  },
);

test("removing takes all of it away, and what is gone already is no error", async () => {
  const { fake, channel } = await open();
  const post = await channel.send(PRIVATE, shown(words(700)), loud);
  await channel.remove(PRIVATE, post, { signal });
  await channel.remove(PRIVATE, post, { signal });
  expect(textsIn(fake)).toEqual([]);
});

test("what fails half-way is taken back, so that it is not there twice", async () => {
  const { fake, channel } = await open();
  fake.fail("sendMessage", hangFor(0));
  fake.fail("sendMessage", blocked);
  await expect(channel.send(PRIVATE, shown(words(700)), loud)).rejects.toMatchObject({ code: "forbidden" });
  expect(fake.callsOf("sendMessage")).toHaveLength(2);
  expect(textsIn(fake)).toEqual([]);
});

test("marks that Telegram does not take are left out, and so are links that it cannot open", async () => {
  const { fake, channel, lines } = await open();
  fake.fail("sendMessage", badRequest("can't parse entities: unsupported start"));
  await channel.send(PRIVATE, shown("**Hi**"), loud);
  const local: Shown["buttons"] = [
    [
      { label: "Open", url: "http://localhost:3000/p" },
      { label: "No", token: "t" },
    ],
  ];
  await channel.send(PRIVATE, shown("Look", local), loud);
  expect(fake.messagesIn(CHAT)).toMatchObject([
    { text: "Hi", entities: [] },
    { text: "Look", buttons: [[{ text: "No", callback_data: "t" }]] },
  ]);
  expect(lines.join("")).toContain("APP_URL");
});

test("Telegram is waited for, and asked again, whatever it does", async () => {
  const { fake, channel, lines } = await open();
  const faults = [tooManyRequests(1), badGateway, { type: "hangUp" }, tooManyRequests(1), { type: "hang" }] as const;
  for (const fault of faults) fake.fail("sendMessage", fault);
  await channel.send(PRIVATE, shown("Hi"), loud);
  expect(textsIn(fake)).toEqual(["Hi"]);
  const times = fake.timesOf(CHAT);
  expect(times).toHaveLength(6);
  expect(times[1]! - times[0]!).toBeGreaterThan(900);
  expect(times[4]! - times[3]!).toBeGreaterThan(900);
  expect(lines.join("")).not.toContain("fake-token");
});

test("a message whose answer was lost is sent again: twice is better than never", async () => {
  const { fake, channel } = await open();
  fake.fail("sendMessage", { type: "loseAnswer" });
  const post = await channel.send(PRIVATE, shown("Hi"), loud);
  expect(textsIn(fake)).toEqual(["Hi", "Hi"]);
  expect(fake.textOf(Number(post.externalId))).toBe("Hi");
});

test("what does not pass is given up, with an error of ours that names no token", async () => {
  const { fake, channel, lines } = await open();
  const errors: unknown[] = [];
  const fails = async (fault: Parameters<FakeTelegram["fail"]>[1], times: number, code: string) => {
    for (let time = 0; time < times; time++) fake.fail("sendMessage", fault);
    const error: unknown = await channel.send(PRIVATE, shown("secret words"), loud).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "AppError", code });
    errors.push(error);
  };
  await fails(badGateway, 3, "unavailable");
  await fails({ type: "hangUp" }, 3, "unavailable");
  await fails({ type: "hang" }, 3, "unavailable");
  await fails(tooManyRequests(500), 1, "rate_limited");
  await fails(blocked, 1, "forbidden");
  await fails(badRequest("chat not found"), 1, "forbidden");
  await fails(badRequest("not enough rights to send text messages to the chat"), 1, "forbidden");
  await fails(badRequest("message thread not found"), 1, "not_found");
  await fails(badRequest("something new: 'https://x.org/?t=secret'"), 1, "invalid_input");
  await fails({ type: "refuse", status: 401, description: "Unauthorized" }, 1, "unavailable");
  const told = lines.join("") + errors.map((error) => (error as Error).stack).join("");
  expect(told).not.toMatch(/fake-token|secret/);
  expect(errors.every((error) => (error as Error).cause === undefined)).toBe(true);
});

test("a signal ends waiting at once", async () => {
  const { fake, channel } = await open();
  for (const fault of [tooManyRequests(2), { type: "hang" }, badGateway] as const) {
    fake.calls.length = 0;
    fake.fail("sendMessage", fault);
    const stopping = new AbortController();
    const sending = channel.send(PRIVATE, shown("Hi"), { ...loud, signal: stopping.signal });
    const outcome = expect(sending).rejects.toMatchObject({ code: "cancelled" });
    await expect.poll(() => fake.calls.length, { interval: 1 }).toBe(1);
    stopping.abort();
    await outcome;
    expect(fake.calls).toHaveLength(1);
  }
});

test("a group that became a supergroup is followed", async () => {
  const { fake, channel } = await open();
  fake.fail("sendMessage", {
    type: "refuse",
    status: 400,
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    migrateToChatId: -100_999,
  });
  await channel.send({ ...TOPIC, threadId: "" }, shown("Hi"), loud);
  expect(textsIn(fake, -100_999)).toEqual(["Hi"]);
});

test("drafts are for private chats; one that cannot show them is not asked for an hour", async () => {
  const { fake, channel, clock } = await open();
  expect(await channel.draft(TOPIC, 3, "Hi", { signal })).toBe(false);
  expect(await channel.draft(PRIVATE, 3, "**Hi** th", { signal })).toBe(true);
  expect(await channel.draft(PRIVATE, 3, "", { signal })).toBe(true);
  expect(await channel.draft(PRIVATE, 3, words(1_000), { signal })).toBe(true);
  expect(fake.drafts.map(({ text }) => text.slice(-7))).toEqual(["Hi th", "", "word999"]);
  expect(fake.drafts[0]?.entities).toEqual([{ type: "bold", offset: 0, length: 2 }]);
  expect(fake.callsOf("sendMessageDraft")[0]?.body).toMatchObject({ draft_id: 3, can_stop: true });

  fake.fail("sendMessageDraft", { type: "refuse", status: 404, description: "Not Found" });
  expect(await channel.draft(PRIVATE, 3, "Hi", { signal })).toBe(false);
  expect(await channel.draft(PRIVATE, 3, "Hi", { signal })).toBe(false);
  expect(fake.callsOf("sendMessageDraft")).toHaveLength(4);
  clock.now = new Date(clock.now.getTime() + 3_600_001);
  expect(await channel.draft(PRIVATE, 3, "Hi", { signal })).toBe(true);

  fake.fail("sendMessageDraft", blocked);
  await expect(channel.draft(PRIVATE, 3, "Hi", { signal })).rejects.toMatchObject({ code: "forbidden" });
});

test("reactions come and go, and their failures pass", async () => {
  const { fake, channel, lines } = await open();
  await channel.react(TOPIC, "9", "❤️", { signal });
  expect(fake.reactionOn(GROUP, 9)).toBe("❤");
  await channel.react(TOPIC, "9", null, { signal });
  expect(fake.reactionOn(GROUP, 9)).toBeNull();
  await channel.react(TOPIC, "9", "🦖", { signal });
  fake.fail("setMessageReaction", badRequest("REACTION_INVALID"));
  await channel.react(TOPIC, "9", "👀", { signal });
  expect(fake.callsOf("setMessageReaction")).toHaveLength(3);
  expect(lines.filter((line) => line.includes("telegram.react"))).toHaveLength(2);
});

test("taps are answered, and one that is too old is no error", async () => {
  const { fake, channel } = await open();
  await channel.acknowledge("t1", "Approved", { signal });
  await channel.acknowledge("t2", null, { signal });
  fake.fail("answerCallbackQuery", badRequest("query is too old and response timeout expired or query ID is invalid"));
  await channel.acknowledge("t3", "Late", { signal });
  fake.fail("answerCallbackQuery", badRequest("something else"));
  await expect(channel.acknowledge("t4", "No", { signal })).rejects.toMatchObject({ code: "invalid_input" });
  expect(fake.callbackAnswers).toEqual([
    { id: "t1", text: "Approved" },
    { id: "t2", text: null },
  ]);
});

test("files come as bytes, up to the limit, whatever is said of their size", async () => {
  const { fake, channel, lines } = await open();
  const content = Buffer.alloc(200_000, 7);
  fake.addFile("voice 1", content);
  fake.addFile("liar", content, 10);
  const download = (fileId: string, maxBytes: number, by = signal) =>
    channel.download(fileId, { maxBytes, signal: by });
  expect((await download("voice 1", 200_000)).equals(content)).toBe(true);
  await expect(download("voice 1", 199_999)).rejects.toMatchObject({ code: "invalid_input" });
  await expect(download("liar", 100_000)).rejects.toMatchObject({ code: "invalid_input" });
  fake.fail("getFile", badRequest("file is too big"));
  await expect(download("voice 1", 200_000)).rejects.toMatchObject({ code: "invalid_input" });

  const errors: unknown[] = [];
  for (const fault of [badGateway, { type: "hangUp" }, { type: "hang" }] as const) {
    fake.fail("file", fault);
    errors.push(await download("voice 1", 200_000).catch((error: unknown) => error));
  }
  expect(errors).toMatchObject([{ code: "unavailable" }, { code: "unavailable" }, { code: "unavailable" }]);
  expect(lines.join("") + errors.map((error) => (error as Error).stack).join("")).not.toContain("fake-token");

  fake.fail("file", { type: "hang" });
  const stopping = new AbortController();
  const cancelled = expect(download("voice 1", 200_000, stopping.signal)).rejects.toMatchObject({ code: "cancelled" });
  stopping.abort();
  await cancelled;
});
