import type { IncomingMessage } from "#server/messages/index.ts";

import { kindOf, wordsOf } from "./content.ts";
import { type Fields, fieldsOf, idOf, isObject, momentOf, textOf } from "./fields.ts";

const MESSAGE_KINDS = new Set(["message", "edited_message", "channel_post", "edited_channel_post"]);

/** What an update asks for: a message to record, a chat that moved, or nothing for now (and why). */
export type ReadUpdate =
  | { type: "message"; message: IncomingMessage }
  | { type: "migrated"; fromChatId: string; toChatId: string; message: IncomingMessage }
  | { type: "ignored"; why: string };

/**
 * Reads an update of any kind, hostile ones included: what it does not know it calls by its name.
 * Follows the Bot API's Update object, and the legacy forward fields that real servers still send.
 * @param receivedAt stands in for a date that is missing
 */
export function readUpdate(update: Fields, { spaceId, receivedAt }: { spaceId: string; receivedAt: Date }): ReadUpdate {
  const [kind, content] = contentOf(update);
  if (!MESSAGE_KINDS.has(kind)) return { type: "ignored", why: kind };
  const fields = fieldsOf(content);
  const chat = fieldsOf(fields["chat"]);
  const chatId = idOf(chat["id"]);
  const messageId = idOf(fields["message_id"]);
  if (chatId === undefined || messageId === undefined) return { type: "ignored", why: `${kind} that names no message` };

  const isEdit = kind.startsWith("edited_");
  const sentAt = momentOf(fields["date"]) ?? receivedAt;
  const message: IncomingMessage = {
    spaceId,
    channel: "telegram",
    chat: readChat(chatId, chat, fields),
    author: readAuthor(chatId, fields),
    externalId: messageId,
    kind: kindOf(fields),
    ...wordsOf(fields),
    forwardOrigin: readOrigin(fields),
    replyToExternalId: readReply(fields),
    mediaGroupId: textOf(fields["media_group_id"]) ?? null,
    permalink: permalinkOf(chatId, chat, messageId),
    sentAt,
    editedAt: momentOf(fields["edit_date"]) ?? (isEdit ? sentAt : null),
  };
  const toChatId = idOf(fields["migrate_to_chat_id"]);
  return toChatId === undefined
    ? { type: "message", message }
    : { type: "migrated", fromChatId: chatId, toChatId, message };
}

/** Who sent an update, by Telegram's id: of the user, or of the chat that someone spoke as; null where nobody is named. */
export function senderOf(update: Fields): string | null {
  const fields = fieldsOf(contentOf(update)[1]);
  const named = ["sender_chat", "from", "user", "actor_chat", "voter_chat"].find((key) => isObject(fields[key]));
  return named === undefined ? null : (idOf(fieldsOf(fields[named])["id"]) ?? null);
}

/** The one field of an update besides its id: the kind of it, and what it brings. */
function contentOf(update: Fields): [kind: string, content: unknown] {
  const entries = Object.entries(update).filter(([key]) => key !== "update_id");
  return entries.find(([kind]) => MESSAGE_KINDS.has(kind)) ?? entries[0] ?? ["nothing in it", undefined];
}

function threadOf(message: Fields): string | undefined {
  return message["is_topic_message"] === true ? idOf(message["message_thread_id"]) : undefined;
}

function readChat(chatId: string, chat: Fields, message: Fields): IncomingMessage["chat"] {
  const threadId = threadOf(message);
  const ownTitle = textOf(chat["title"]) ?? nameOf(chat);
  const topicTitle = threadId === undefined ? undefined : topicTitleOf(message);
  const title = ownTitle ?? `Chat ${chatId}`;
  return {
    externalId: chatId,
    threadId: threadId ?? "",
    kind: textOf(chat["type"]) ?? "unknown",
    title: threadId === undefined ? title : `${title} › ${topicTitle ?? `topic ${threadId}`}`,
    isTitleKnown: ownTitle !== undefined && (threadId === undefined || topicTitle !== undefined),
    username: textOf(chat["username"]) ?? null,
  };
}

/** What a forum topic is called, where this message tells: the one that made it, renamed it, or is sent under it as an answer. */
function topicTitleOf(message: Fields): string | undefined {
  const telling = [message["forum_topic_edited"], message["forum_topic_created"]];
  const above = fieldsOf(message["reply_to_message"])["forum_topic_created"];
  return [...telling, above].map((told) => textOf(fieldsOf(told)["name"])).find((name) => name !== undefined);
}

/** The message that this one answers. Whatever is said in a topic answers the topic's first message; that is no answer. */
function readReply(message: Fields): string | null {
  const id = idOf(fieldsOf(message["reply_to_message"])["message_id"]);
  return id === undefined || id === threadOf(message) ? null : id;
}

function readAuthor(chatId: string, message: Fields): IncomingMessage["author"] {
  if (isObject(message["sender_chat"])) {
    // Someone speaks as a chat; `from` is then a placeholder. As this very chat: an anonymous admin, or a channel's post.
    const chat = message["sender_chat"];
    const id = idOf(chat["id"]);
    if (id === undefined || id === chatId) return null;
    const username = textOf(chat["username"]) ?? null;
    return { externalId: id, displayName: textOf(chat["title"]) ?? username ?? `Chat ${id}`, username, isBot: false };
  }
  const user = fieldsOf(message["from"]);
  const id = idOf(user["id"]);
  if (id === undefined) return null;
  const username = textOf(user["username"]) ?? null;
  return {
    externalId: id,
    displayName: nameOf(user) ?? username ?? `User ${id}`,
    username,
    isBot: user["is_bot"] === true,
  };
}

function nameOf(person: Fields): string | undefined {
  return textOf([textOf(person["first_name"]), textOf(person["last_name"])].filter(Boolean).join(" "));
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
