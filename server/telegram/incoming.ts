import type { Author, IncomingChat, IncomingMessage } from "#server/messages/index.ts";

import { type Bot, type Spoken, spokenOf } from "./addressed.ts";
import { attachmentsOf } from "./attached.ts";
import { kindOf, wordsOf } from "./content.ts";
import { type Fields, fieldsOf, idOf, isObject, momentOf, storable, textOf } from "./fields.ts";
import { readAuthor, readChat, readPerson, threadOf } from "./parties.ts";

const MESSAGE_KINDS = new Set(["message", "edited_message", "channel_post", "edited_channel_post"]);
const OTHER_KINDS = new Set(["callback_query", "message_reaction", "my_chat_member", "stopped_message_generation"]);
/** What others say to each other where the bot is no member: it does not answer there, and nothing of it is kept. */
const FOREIGN_KINDS = /^(?:business_|edited_business_|deleted_business_|guest_)/;

/** Who and where an update comes from. */
type Source = {
  /** By Telegram's id: the user, or the chat that someone spoke as; null where nobody is named. */
  sender: string | null;
  author: Author | null;
  chat: IncomingChat | null;
  /** The ids that the chat goes by: its own, and the one it had before. */
  chatIds: string[];
};

/** What an update asks for. */
export type ReadUpdate = Source &
  (
    | { type: "message"; message: IncomingMessage; isEdit: boolean; spoken: Spoken; movedFrom: string | null }
    | { type: "migrated"; fromChatId: string; toChatId: string; message: IncomingMessage }
    /** A button was pressed; `token` is what it carried. */
    | { type: "tap"; tapId: string; token: string }
    /** Someone changed their signs on a message: those that are on it now, and those that were not before. */
    | { type: "reaction"; messageExternalId: string; emoji: string[]; added: string[] }
    /** What the bot may do in a chat changed: why it cannot write there any more, or null; whether it is new there. */
    | { type: "member"; unreachable: string | null; isAdded: boolean }
    /** Someone does not want the rest of what is being written. */
    | { type: "stopped" }
    /** Nothing, and why; whether its payload may be kept. */
    | { type: "ignored"; why: string; isKept: boolean }
  );

type Reading = { spaceId: string; receivedAt: Date; bot: Bot | null };

/**
 * Reads an update of any kind, hostile ones included: what it does not know it calls by its name.
 * Follows the Bot API's Update object, and the legacy forward fields that real servers still send.
 * @param reading.receivedAt stands in for a date that is missing
 */
export function readUpdate(update: Fields, reading: Reading): ReadUpdate {
  const [kind, content] = contentOf(update);
  const fields = fieldsOf(content);
  const source = sourceOf(kind, fields);
  const ignored = (why: string, isKept = true): ReadUpdate => ({ ...source, type: "ignored", why, isKept });
  if (FOREIGN_KINDS.test(kind)) return ignored(kind, false);
  if (MESSAGE_KINDS.has(kind))
    return readMessage(kind, fields, source, reading) ?? ignored(`${kind} that names no message`);
  switch (kind) {
    case "callback_query":
      return readTap(fields, source) ?? ignored(`${kind} of no button of ours`);
    case "message_reaction":
      return readReaction(fields, source) ?? ignored(`${kind} of nobody`);
    case "my_chat_member":
      return readMember(fields, source) ?? ignored(`${kind} that says nothing`);
    case "stopped_message_generation":
      return source.author ? { ...source, type: "stopped" } : ignored(`${kind} of nobody`);
    default:
      return ignored(kind);
  }
}

/** The one field of an update besides its id: the kind of it, and what it brings. */
function contentOf(update: Fields): [kind: string, content: unknown] {
  const entries = Object.entries(update).filter(([key]) => key !== "update_id");
  const known = entries.find(([kind]) => MESSAGE_KINDS.has(kind)) ?? entries.find(([kind]) => OTHER_KINDS.has(kind));
  return known ?? entries[0] ?? ["nothing in it", undefined];
}

function sourceOf(kind: string, fields: Fields): Source {
  // A tap tells of its chat in the message that it was on, if at all.
  const message = kind === "callback_query" ? fieldsOf(fields["message"]) : fields;
  // Whoever stops something does so in a private chat, which is named instead of them.
  const isStop = kind === "stopped_message_generation";
  const given = fieldsOf(message["chat"]);
  const chat = readChat(given, isStop ? { ...message, is_topic_message: true } : message) ?? null;
  const alone = isStop && given["type"] === "private" ? given : undefined;
  const named = ["sender_chat", "from", "user", "actor_chat", "voter_chat"].find((key) => isObject(fields[key]));
  const sender = idOf(fieldsOf(named === undefined ? alone : fields[named])["id"]) ?? null;
  const isSaid = MESSAGE_KINDS.has(kind);
  return {
    sender,
    author: isSaid
      ? readAuthor(chat?.externalId ?? "", fields)
      : readPerson(alone ?? (named === "from" || named === "user" ? fields[named] : undefined)),
    chat,
    chatIds: [chat?.externalId, idOf(message["migrate_from_chat_id"])].filter((id) => id !== undefined),
  };
}

function readMessage(
  kind: string,
  fields: Fields,
  source: Source,
  { spaceId, receivedAt, bot }: Reading,
): ReadUpdate | null {
  const { chat, author } = source;
  const messageId = idOf(fields["message_id"]);
  if (!chat || messageId === undefined) return null;
  // What the bot says itself is kept as it says it.
  if (bot && author?.externalId === bot.id) return { ...source, type: "ignored", why: "said by the bot", isKept: true };

  const isEdit = kind.startsWith("edited_");
  const isMoving = isEdit && isObject(fields["location"]);
  if (isMoving) return { ...source, type: "ignored", why: `${kind} of a live location`, isKept: true };
  const sentAt = momentOf(fields["date"]) ?? receivedAt;
  const words = wordsOf(fields);
  const replyToExternalId = readReply(fields);
  const message: IncomingMessage = {
    spaceId,
    channel: "telegram",
    chat,
    author,
    externalId: messageId,
    kind: kindOf(fields),
    ...words,
    forwardOrigin: readOrigin(fields),
    replyToExternalId,
    mediaGroupId: textOf(fields["media_group_id"]) ?? null,
    permalink: permalinkOf(chat.externalId, fieldsOf(fields["chat"]), messageId),
    attachments: attachmentsOf(fields),
    sentAt,
    editedAt: momentOf(fields["edit_date"]) ?? (isEdit ? sentAt : null),
  };
  const fromChatId = chat.externalId;
  const toChatId = idOf(fields["migrate_to_chat_id"]);
  if (toChatId !== undefined) return { ...source, type: "migrated", fromChatId, toChatId, message };
  const answered =
    replyToExternalId === null ? undefined : fieldsOf(fieldsOf(fields["reply_to_message"])["from"])["id"];
  const spoken = spokenOf(words, { isPrivate: chat.kind === "private", answeredId: idOf(answered) ?? null, bot });
  const movedFrom = idOf(fields["migrate_from_chat_id"]) ?? null;
  return { ...source, type: "message", message, isEdit, spoken, movedFrom };
}

function readTap(fields: Fields, source: Source): ReadUpdate | null {
  const [tapId, token] = [textOf(fields["id"]), textOf(fields["data"])];
  if (tapId === undefined || token === undefined || !source.chat || !source.author) return null;
  return { ...source, type: "tap", tapId: storable(tapId), token: storable(token) };
}

function readReaction(fields: Fields, source: Source): ReadUpdate | null {
  const messageExternalId = idOf(fields["message_id"]);
  if (messageExternalId === undefined || !source.chat || !source.author) return null;
  const [before, emoji] = [emojiIn(fields["old_reaction"]), emojiIn(fields["new_reaction"])];
  const added = emoji.filter((each) => !before.includes(each));
  return { ...source, type: "reaction", messageExternalId, emoji, added };
}

function emojiIn(reactions: unknown): string[] {
  if (!Array.isArray(reactions)) return [];
  return reactions.flatMap((reaction) => textOf(fieldsOf(reaction)["emoji"]) ?? []).map(storable);
}

const IN_CHAT = new Set(["member", "administrator", "creator", "restricted"]);

function readMember(fields: Fields, source: Source): ReadUpdate | null {
  const [before, after] = [fieldsOf(fields["old_chat_member"]), fieldsOf(fields["new_chat_member"])];
  const status = textOf(after["status"]);
  if (status === undefined || !source.chat) return null;
  const isIn = IN_CHAT.has(status) && !(status === "restricted" && after["is_member"] === false);
  const isAdded = isIn && !IN_CHAT.has(textOf(before["status"]) ?? "");
  return { ...source, type: "member", unreachable: whyUnreachable(source.chat.kind, isIn, after), isAdded };
}

function whyUnreachable(chatKind: string, isIn: boolean, member: Fields): string | null {
  if (!isIn) {
    return chatKind === "private"
      ? "They blocked the bot. It can write again once they start it anew."
      : "The bot was taken out of this chat. Add it again, and it can write here.";
  }
  const isMuted = member["status"] === "restricted" && member["can_send_messages"] === false;
  return isMuted ? "The bot may not write in this chat. An admin of the chat can allow it." : null;
}

/** The message that this one answers. Whatever is said in a topic answers the topic's first message; that is no answer. */
function readReply(message: Fields): string | null {
  const id = idOf(fieldsOf(message["reply_to_message"])["message_id"]);
  return id === undefined || id === threadOf(message) ? null : id;
}

/** `forward_origin`, or the same made from the fields that it replaced. */
function readOrigin(message: Fields): unknown {
  if (isObject(message["forward_origin"])) return message["forward_origin"];
  const {
    forward_from: user,
    forward_from_chat: chat,
    forward_sender_name: name,
    forward_signature: signature,
    forward_date: date,
  } = message;
  const signed = textOf(signature) === undefined ? {} : { author_signature: signature };
  if (isObject(chat)) {
    return chat["type"] === "channel"
      ? { type: "channel", chat, message_id: message["forward_from_message_id"], ...signed, date }
      : { type: "chat", sender_chat: chat, ...signed, date };
  }
  if (isObject(user)) return { type: "user", sender_user: user, date };
  return textOf(name) === undefined ? null : { type: "hidden_user", sender_user_name: name, date };
}

/** Where Telegram shows the message: public chats by name, supergroups and channels by the part of their id after -100. */
function permalinkOf(chatId: string, chat: Fields, messageId: string): string | null {
  const username = textOf(chat["username"]);
  if (chat["type"] !== "private" && username && /^\w+$/.test(username)) return `https://t.me/${username}/${messageId}`;
  const [, insideId] = /^-100(\d{10,})$/.exec(chatId) ?? [];
  return insideId === undefined ? null : `https://t.me/c/${insideId}/${messageId}`;
}
