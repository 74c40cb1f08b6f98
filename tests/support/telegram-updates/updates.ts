// Invented updates in the shape of the Bot API's, one of each kind that Winnow meets, odd ones included.

const MAREN = { id: 5101, is_bot: false, first_name: "Maren", last_name: "Holt", username: "marenholt" };
const IVO = { id: 5102, is_bot: false, first_name: "Ivo" };
const BOT = { id: 42, is_bot: true, first_name: "Winnow", username: "winnow_test_bot" };
const GROUP = { id: -1002200110022, title: "Ferry office", type: "supergroup" };
const FORUM = { ...GROUP, is_forum: true };
const DATE = 1_763_700_000;

let updateId = 700_000;
let messageId = 100;

/** An update with a message of the group, changed as told. */
export function messageUpdate(change: object = {}, kind = "message") {
  updateId += 1;
  messageId += 1;
  return {
    update_id: updateId,
    [kind]: { message_id: messageId, from: MAREN, chat: GROUP, date: DATE + messageId, ...change },
  };
}

/** Each kind with the kind of message that it must become; null where no message is to be recorded. */
export const SAMPLES: { name: string; update: object; kind: string | null }[] = [
  { name: "text", update: messageUpdate({ text: "The 7:40 is full again." }), kind: "text" },
  {
    name: "text with entities after an emoji",
    update: messageUpdate({ text: "⛴️ @ivo please look", entities: [{ type: "mention", offset: 3, length: 4 }] }),
    kind: "text",
  },
  {
    name: "photo with caption",
    update: messageUpdate({
      caption: "The gate at pier 2",
      photo: [{ file_id: "a", file_unique_id: "b", width: 90, height: 60 }],
      media_group_id: "77",
    }),
    kind: "photo",
  },
  {
    name: "document",
    update: messageUpdate({ document: { file_id: "d", file_unique_id: "e", thumb: null } }),
    kind: "document",
  },
  {
    name: "voice",
    update: messageUpdate({ voice: { file_id: "v", file_unique_id: "w", duration: 4 } }),
    kind: "voice",
  },
  {
    name: "video note",
    update: messageUpdate({ video_note: { file_id: "v", file_unique_id: "w" } }),
    kind: "video_note",
  },
  {
    name: "sticker",
    update: messageUpdate({ sticker: { file_id: "s", file_unique_id: "t", emoji: "👍" } }),
    kind: "sticker",
  },
  { name: "poll", update: messageUpdate({ poll: { id: "p", question: "Friday?", options: [] } }), kind: "poll" },
  { name: "location", update: messageUpdate({ location: { latitude: 54.1, longitude: 12.1 } }), kind: "location" },
  { name: "contact", update: messageUpdate({ contact: { phone_number: "1", first_name: "Ivo" } }), kind: "contact" },
  {
    name: "forward of a user",
    update: messageUpdate({ text: "See below", forward_origin: { type: "user", sender_user: IVO, date: DATE } }),
    kind: "text",
  },
  {
    name: "forward in the fields that came before forward_origin",
    update: messageUpdate({
      text: "Notice",
      forward_from_chat: { id: -1009, title: "Port authority", type: "channel" },
      forward_date: DATE,
    }),
    kind: "text",
  },
  {
    name: "reply",
    update: messageUpdate({
      text: "Yes",
      reply_to_message: { message_id: 101, chat: GROUP, date: DATE, text: "Full?" },
    }),
    kind: "text",
  },
  {
    name: "forum topic",
    update: messageUpdate({
      chat: FORUM,
      message_thread_id: 33,
      is_topic_message: true,
      text: "New rosters are up",
      reply_to_message: {
        message_id: 33,
        chat: FORUM,
        date: DATE,
        forum_topic_created: { name: "Rosters", icon_color: 1 },
      },
    }),
    kind: "text",
  },
  {
    name: "channel post",
    update: messageUpdate({ from: undefined, sender_chat: GROUP, text: "Closed on Sunday" }, "channel_post"),
    kind: "text",
  },
  {
    name: "venue",
    update: messageUpdate({
      venue: { title: "Pier 2", address: "Sadama 5", location: { latitude: 54.1, longitude: 12.1 } },
      location: { latitude: 54.1, longitude: 12.1 },
    }),
    kind: "venue",
  },
  {
    name: "checklist",
    update: messageUpdate({ checklist: { title: "Before the season", tasks: [{ id: 1, text: "Paint the gate" }] } }),
    kind: "checklist",
  },
  { name: "dice", update: messageUpdate({ dice: { emoji: "🎲", value: 4 } }), kind: "dice" },
  {
    name: "paid media",
    update: messageUpdate({ paid_media: { star_count: 5, paid_media: [{ type: "preview" }] } }),
    kind: "paid_media",
  },
  {
    name: "command for a bot",
    update: messageUpdate({
      text: "/help@winnow_test_bot",
      entities: [{ type: "bot_command", offset: 0, length: 21 }],
    }),
    kind: "text",
  },
  { name: "new member", update: messageUpdate({ new_chat_members: [IVO] }), kind: "service" },
  {
    name: "group that moves",
    update: messageUpdate({ chat: { id: -77, title: "Old", type: "group" }, migrate_to_chat_id: -100770077 }),
    kind: "service",
  },
  { name: "message without content", update: messageUpdate({ date: 0 }), kind: "unknown" },
  { name: "kind of content from the future", update: messageUpdate({ hologram: { id: 1 } }), kind: "unknown" },
  {
    name: "fields that are null or of another type",
    update: messageUpdate({
      text: "Still here",
      reply_to_message: null,
      entities: "none",
      forward_origin: 7,
      sender_chat: null,
      media_group_id: 5,
      edit_date: "soon",
    }),
    kind: "text",
  },
  {
    name: "rich message",
    update: messageUpdate({
      rich_message: { blocks: [{ type: "paragraph", text: ["Tide ", { type: "bold", text: "tables" }] }] },
    }),
    kind: "rich_message",
  },
  {
    name: "animation",
    update: messageUpdate({ animation: { file_id: "a" }, document: { file_id: "a" } }),
    kind: "animation",
  },
  { name: "business message", update: messageUpdate({ text: "Is it open?" }, "business_message"), kind: null },
  { name: "NUL and half a surrogate pair", update: messageUpdate({ text: "a\u0000b\ud800c" }), kind: "text" },
  {
    name: "callback without a message",
    update: { update_id: 690_001, callback_query: { id: "1", from: IVO, data: "x" } },
    kind: null,
  },
  {
    name: "reaction",
    update: {
      update_id: 690_002,
      message_reaction: { chat: GROUP, message_id: 101, user: IVO, date: DATE, old_reaction: [], new_reaction: [] },
    },
    kind: null,
  },
  {
    name: "bot blocked",
    update: { update_id: 690_003, my_chat_member: { chat: { id: 5101, type: "private" }, from: MAREN, date: DATE } },
    kind: null,
  },
  {
    name: "bot stopped and started",
    update: {
      update_id: 690_008,
      my_chat_member: {
        chat: { id: 5101, type: "private", first_name: "Maren" },
        from: MAREN,
        date: DATE,
        old_chat_member: { status: "kicked", until_date: 0, user: BOT },
        new_chat_member: { status: "member", user: BOT },
      },
    },
    kind: null,
  },
  {
    name: "tap on a message that is not accessible any more",
    update: {
      update_id: 690_009,
      callback_query: { id: "2", from: MAREN, data: "x", message: { chat: GROUP, message_id: 101, date: 0 } },
    },
    kind: null,
  },
  {
    name: "writing stopped",
    update: {
      update_id: 690_010,
      stopped_message_generation: { chat: { id: 5101, type: "private", first_name: "Maren" }, draft_id: 1 },
    },
    kind: null,
  },
  { name: "unknown kind of update", update: { update_id: 690_004, weather_report: { rain: true } }, kind: null },
  { name: "nothing but an id", update: { update_id: 690_005 }, kind: null },
  { name: "message that is no object", update: { update_id: 690_006, message: "hello" }, kind: null },
  { name: "chat that is no object", update: { update_id: 690_007, message: { message_id: 1, chat: 7 } }, kind: null },
];
