import { describe, expect, test } from "vitest";

import { messageUpdate } from "#tests/support/telegram-updates/updates.ts";

import { readUpdate, type ReadUpdate } from "./incoming.ts";

// Guarantees: each kind of update becomes what it asks for, in words and files that can be used.

const BOT = { id: "42", username: "winnow_test_bot" };
const BOT_USER = { id: 42, is_bot: true, first_name: "Winnow", username: "winnow_test_bot" };
const IVO = { id: 31, is_bot: false, first_name: "Ivo", language_code: "et" };
const GROUP = { id: -100, title: "Pier", type: "supergroup" };

const read = (update: object) =>
  readUpdate(update as Record<string, unknown>, { spaceId: "s", receivedAt: new Date(0), bot: BOT });

function readMessage(given: object, kind = "message"): ReadUpdate & { type: "message" } {
  const update = read(messageUpdate(given, kind));
  if (update.type !== "message") throw new Error(`It was read as ${update.type}.`);
  return update;
}

describe("who is spoken to", () => {
  const name = "@winnow_test_bot";
  const mention = (text: string) => ({
    text,
    entities: [
      { type: "mention", offset: text.indexOf("@"), length: text.slice(text.indexOf("@")).split(/[^@\w]/)[0]!.length },
    ],
  });
  const command = (text: string) => ({
    text,
    entities: [{ type: "bot_command", offset: 0, length: text.split(" ")[0]!.length }],
  });
  test.for<[string, object, Partial<(ReadUpdate & { type: "message" })["spoken"]>]>([
    ["nobody", { text: "The ferry is late" }, { isAddressed: false, command: null, text: "The ferry is late" }],
    ["the bot, by name", mention(`Hey ${name}, note this`), { isAddressed: true, text: "Hey note this" }],
    ["the bot, by name in capitals", mention("@Winnow_Test_Bot: note"), { isAddressed: true, text: "note" }],
    ["another by name", mention("@ivo look"), { isAddressed: false, text: "@ivo look" }],
    [
      "the bot, by a name that leads to it",
      { text: "W, look", entities: [{ type: "text_mention", offset: 0, length: 1, user: BOT_USER }] },
      { isAddressed: true, text: "look" },
    ],
    [
      "a name that is none",
      { text: `x ${name}`, entities: [{ type: "mention", offset: -2, length: 9e15 }] },
      { isAddressed: false },
    ],
    [
      "a caption",
      { caption: `${name} keep`, caption_entities: [{ type: "mention", offset: 0, length: name.length }] },
      { text: "keep" },
    ],
    ["a command", command("/Ask where is it?"), { isAddressed: true, command: { name: "ask", words: "where is it?" } }],
    ["a command with its name", command(`/ask${name}`), { isAddressed: true, command: { name: "ask", words: "" } }],
    ["another's command", command("/ask@other_bot why"), { isAddressed: false, command: null }],
    [
      "a command without marks",
      { text: "/task\nwash the deck" },
      { command: { name: "task", words: "wash the deck" } },
    ],
    [
      "a command later on",
      { text: "see /ask", entities: [{ type: "bot_command", offset: 4, length: 4 }] },
      { command: null },
    ],
    [
      "a slash in other marks",
      { text: "/ask me", entities: [{ type: "bold", offset: 0, length: 4 }] },
      { command: null },
    ],
    [
      "a second command",
      { text: "/x /ask", entities: [{ type: "bot_command", offset: 3, length: 4 }] },
      { command: null },
    ],
    ["a path", { text: "/etc/hosts is wrong", entities: [] }, { command: null, isAddressed: false }],
    [
      "an answer to the bot",
      { text: "Yes", reply_to_message: { message_id: 3, from: BOT_USER } },
      { isAddressed: true },
    ],
    ["an answer to another", { text: "Yes", reply_to_message: { message_id: 3, from: IVO } }, { isAddressed: false }],
    [
      "a topic that the bot made",
      {
        text: "Yes",
        is_topic_message: true,
        message_thread_id: 3,
        reply_to_message: { message_id: 3, from: BOT_USER },
      },
      { isAddressed: false },
    ],
    ["a private chat", { text: "Hi", chat: { ...IVO, type: "private" } }, { isAddressed: true, command: null }],
  ])("%s", ([, given, expected]) => {
    expect(readMessage(given).spoken).toMatchObject(expected);
  });

  test("while the bot's name is not known, commands that name a bot are its own in private chats only", () => {
    for (const [chat, expected] of [
      [{ ...IVO, type: "private" }, "ask"],
      [GROUP, undefined],
    ] as const) {
      const update = readUpdate(messageUpdate({ text: "/ask@winnow_test_bot why", chat }), {
        spaceId: "s",
        receivedAt: new Date(0),
        bot: { id: "42", username: null },
      });
      expect(update).toMatchObject({ type: "message" });
      expect((update as ReturnType<typeof readMessage>).spoken.command?.name).toBe(expected);
    }
  });
});

describe("what a message brings", () => {
  const file = (given: object = {}) => ({ file_id: "f", file_unique_id: "u", file_size: 12, ...given });
  test.for<[string, object, object[]]>([
    ["no file", { text: "x" }, []],
    [
      "a photo, in its largest size",
      {
        photo: [
          file({ file_id: "s", width: 9, height: 9 }),
          file({ file_id: "l", width: 99, height: 9 }),
          file({ width: 10, height: 10 }),
        ],
      },
      [{ kind: "photo", externalId: "l", name: null, mime: null, size: 12 }],
    ],
    [
      "a document",
      { document: file({ file_name: "a.pdf", mime_type: "application/pdf", thumb: null }) },
      [{ kind: "document", externalId: "f", name: "a.pdf", mime: "application/pdf", size: 12 }],
    ],
    [
      "an animation, which is a document too",
      { animation: file(), document: file() },
      [{ kind: "animation", externalId: "f" }],
    ],
    ["a voice message", { voice: file({ file_size: 2 ** 60 }) }, [{ kind: "voice", size: null }]],
    ["a video note", { video_note: file({ file_size: -1 }) }, [{ kind: "video_note", size: null }]],
    ["a video", { video: file() }, [{ kind: "video" }]],
    ["music", { audio: file({ file_name: "x".repeat(999) }) }, [{ kind: "audio", name: "x".repeat(255) }]],
    ["a file without an id", { document: { file_unique_id: "u" }, photo: [null, 7], voice: [file()] }, []],
    ["a sticker", { sticker: file({ emoji: "👍" }) }, []],
    [
      "media that were paid for",
      { paid_media: { star_count: 1, paid_media: [{ type: "photo", photo: [file()] }] } },
      [],
    ],
  ])("%s", ([, given, expected]) => {
    expect(readMessage(given).message.attachments).toMatchObject(expected);
    expect(readMessage(given).message.attachments).toHaveLength(expected.length);
  });

  test.for<[string, object, string]>([
    [
      "a poll",
      { poll: { question: "Friday?", options: [{ text: "Yes" }, { text: "No" }, null] } },
      "Friday?\n- Yes\n- No",
    ],
    ["a checklist", { checklist: { title: "Boat", tasks: [{ id: 1, text: "Oil" }] } }, "Boat\n- Oil"],
    ["a place", { location: { latitude: 59.43, longitude: 24.75 } }, "Location: 59.43, 24.75"],
    [
      "a venue",
      {
        venue: { title: "Pier 2", address: "Sadama 5", location: { latitude: 1, longitude: 2 } },
        location: { latitude: 1, longitude: 2 },
      },
      "Venue: Pier 2, Sadama 5, 1, 2",
    ],
    [
      "a contact",
      { contact: { first_name: "Ada", last_name: "Byron", phone_number: "+3725" } },
      "Contact: Ada Byron, +3725",
    ],
    ["a dice", { dice: { emoji: "🎲", value: 4 } }, "🎲 4"],
    ["a sticker", { sticker: { file_id: "s", emoji: "👍" } }, "👍"],
    ["a sticker without an emoji", { sticker: { file_id: "s" } }, ""],
    ["a place that is nowhere", { location: { latitude: "x" } }, ""],
    ["a caption, which goes first", { caption: "Here", location: { latitude: 1, longitude: 2 } }, "Here"],
  ])("words for %s", ([, given, text]) => {
    expect(readMessage(given).message.text).toBe(text);
  });

  test("the language of who says it, where it is one", () => {
    const languageOf = (tag: unknown) => readMessage({ from: { ...IVO, language_code: tag } }).message.author?.language;
    expect(["et", "pt-BR", "zh-Hans-TW", "", 7, "<script>", "x".repeat(99)].map(languageOf)).toEqual([
      "et",
      "pt-BR",
      "zh-Hans-TW",
      ...Array.from({ length: 4 }, () => null),
    ]);
  });
});

describe("what else an update asks for", () => {
  const tapped = (given: object) =>
    read({ update_id: 1, callback_query: { id: "7", from: IVO, data: "token", ...given } });
  const member = (before: string, after: object, chat: object = GROUP) =>
    read({
      update_id: 1,
      my_chat_member: { chat, from: IVO, old_chat_member: { status: before }, new_chat_member: after },
    });

  test("a tap on a button, also of a message that is not accessible any more", () => {
    expect(tapped({ message: { message_id: 1, date: 0, chat: GROUP } })).toMatchObject({
      type: "tap",
      tapId: "7",
      token: "token",
      sender: "31",
      author: { externalId: "31", language: "et" },
      chat: { externalId: "-100", threadId: "", kind: "supergroup" },
    });
    const inTopic = { message_id: 1, chat: GROUP, is_topic_message: true, message_thread_id: 5 };
    expect(tapped({ message: inTopic }).chat?.threadId).toBe("5");
    expect(tapped({}).type).toBe("ignored");
    expect(tapped({ inline_message_id: "i" }).type).toBe("ignored");
    expect(tapped({ message: { chat: GROUP }, data: undefined, game_short_name: "chess" }).type).toBe("ignored");
  });

  test("signs on a message, by a person", () => {
    const reaction = (given: object) =>
      read({ update_id: 1, message_reaction: { chat: GROUP, message_id: 8, ...given } });
    const [thumb, eyes] = [
      { type: "emoji", emoji: "👍" },
      { type: "emoji", emoji: "👀" },
    ];
    expect(
      reaction({ user: IVO, old_reaction: [eyes], new_reaction: [eyes, thumb, { type: "paid" }, null] }),
    ).toMatchObject({ type: "reaction", messageExternalId: "8", emoji: ["👀", "👍"], added: ["👍"] });
    expect(reaction({ actor_chat: GROUP, new_reaction: [thumb] })).toMatchObject({ type: "ignored", author: null });
  });

  test("what the bot may do in a chat", () => {
    const alone = { ...IVO, type: "private" };
    expect(member("member", { status: "kicked" }, alone)).toMatchObject({
      unreachable: expect.stringContaining("blocked"),
    });
    expect(member("kicked", { status: "member" }, alone)).toMatchObject({ unreachable: null, isAdded: true });
    expect(member("member", { status: "left" })).toMatchObject({ unreachable: expect.stringContaining("taken out") });
    expect(member("left", { status: "administrator" })).toMatchObject({ unreachable: null, isAdded: true });
    expect(member("member", { status: "administrator" })).toMatchObject({ isAdded: false });
    expect(member("member", { status: "restricted", is_member: true, can_send_messages: false })).toMatchObject({
      unreachable: expect.stringContaining("may not write"),
      isAdded: false,
    });
    expect(member("member", {})).toMatchObject({ type: "ignored" });
  });

  test("that writing is to be stopped, by whom the private chat is with", () => {
    const update = read({
      update_id: 1,
      stopped_message_generation: { chat: { ...IVO, type: "private" }, message_thread_id: 6, draft_id: 1 },
    });
    expect(update).toMatchObject({
      type: "stopped",
      sender: "31",
      author: { externalId: "31" },
      chat: { threadId: "6" },
    });
    expect(read({ update_id: 1, stopped_message_generation: { chat: GROUP, draft_id: 1 } }).type).toBe("ignored");
  });

  test("nothing: what the bot says itself, where a live location moves, what others say to each other", () => {
    const why = (update: object) => {
      const { type, ...rest } = read(update);
      return type === "ignored" && rest;
    };
    expect(why(messageUpdate({ from: BOT_USER, text: "I" }))).toMatchObject({ why: "said by the bot", isKept: true });
    const moved = { location: { latitude: 1, longitude: 2 }, edit_date: 5 };
    expect(why(messageUpdate(moved, "edited_message"))).toMatchObject({ why: "edited_message of a live location" });
    for (const kind of [
      "business_message",
      "edited_business_message",
      "deleted_business_messages",
      "business_connection",
      "guest_message",
    ]) {
      expect(why(messageUpdate({ text: "psst" }, kind))).toMatchObject({ why: kind, isKept: false });
    }
    expect(why(messageUpdate({ text: "x" }, "poll_answer"))).toMatchObject({ why: "poll_answer", isKept: true });
  });
});
