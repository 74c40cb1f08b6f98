import type { Chat, Message, MessageOrigin, Update, User } from "grammy/types";

import type { IncomingMessage } from "#server/messages/index.ts";

/** The kinds of content that a message can have, looked for in this order. */
const CONTENT_KINDS = [
  "text",
  "photo",
  "document",
  "video",
  "animation",
  "audio",
  "voice",
  "video_note",
  "sticker",
  "poll",
  "location",
  "venue",
  "contact",
  "dice",
  "game",
  "story",
  "paid_media",
  "invoice",
  "checklist",
] as const;

/** Fields that every message may have; what is left over besides these is a service message's content. */
const ENVELOPE = new Set([
  "message_id",
  "message_thread_id",
  "from",
  "sender_chat",
  "sender_business_bot",
  "sender_boost_count",
  "business_connection_id",
  "date",
  "chat",
  "is_topic_message",
  "is_automatic_forward",
  "has_protected_content",
  "is_from_offline",
  "author_signature",
  "reply_to_message",
  "external_reply",
  "quote",
  "via_bot",
  "edit_date",
  "media_group_id",
  "forward_origin",
  "reply_markup",
  "effect_id",
]);

const MESSAGE_UPDATES = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_message",
  "edited_business_message",
] as const;

/** What an update asks for: a message to record, a chat that moved, or nothing for now (with the kind of it). */
export type ReadUpdate =
  | { type: "message"; message: IncomingMessage }
  | { type: "migrated"; fromChatId: string; toChatId: string; message: IncomingMessage }
  | { type: "ignored"; kind: string };

/**
 * Reads an update of any kind, hostile ones included: it never throws, and what it does not know it calls by its name.
 * Follows the Bot API's Update object, and the legacy forward fields that real servers still send.
 */
export function readUpdate(update: object, spaceId: string): ReadUpdate {
  const entries = Object.entries(update).filter(([key]) => key !== "update_id");
  for (const kind of MESSAGE_UPDATES) {
    const message = (update as Partial<Update>)[kind];
    if (isMessage(message)) return readMessage(message as Message, spaceId);
  }
  return { type: "ignored", kind: entries[0]?.[0] ?? "empty" };
}

/** Who sent an update, by Telegram's user id; null where no user did. */
export function senderOf(update: object): string | null {
  for (const part of Object.values(update)) {
    if (typeof part !== "object" || part === null) continue;
    const { from, user } = part as { from?: { id?: unknown }; user?: { id?: unknown } };
    const id = from?.id ?? user?.id;
    if (Number.isSafeInteger(id)) return String(id);
  }
  return null;
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null) return false;
  const { message_id, chat } = value as { message_id?: unknown; chat?: { id?: unknown } };
  return Number.isSafeInteger(message_id) && Number.isSafeInteger(chat?.id);
}

function readMessage(message: Message, spaceId: string): ReadUpdate {
  const text = asText(message.text) ?? asText(message.caption) ?? "";
  const entities = message.entities ?? message.caption_entities;
  // Every message in a topic answers the topic's first one; only another answer is one that a person gave.
  const threadId = message.is_topic_message === true ? message.message_thread_id : undefined;
  const replyTo = message.reply_to_message;
  const isRealReply = replyTo !== undefined && replyTo.message_id !== threadId;
  const incoming: IncomingMessage = {
    spaceId,
    channel: "telegram",
    chat: {
      externalId: String(message.chat.id),
      threadId: threadId === undefined ? "" : String(threadId),
      kind: asText(message.chat.type) ?? "unknown",
      title: chatTitle(message.chat, threadId === undefined ? undefined : message),
      username: asText(message.chat.username) ?? null,
    },
    author: authorOf(message),
    externalId: String(message.message_id),
    kind: kindOf(message),
    text,
    entities: Array.isArray(entities) ? entities : [],
    forwardOrigin: originOf(message),
    replyToExternalId: isRealReply && Number.isSafeInteger(replyTo.message_id) ? String(replyTo.message_id) : null,
    mediaGroupId: asText(message.media_group_id) ?? null,
    permalink: permalinkOf(message),
    sentAt: fromUnix(message.date),
    editedAt: message.edit_date === undefined ? null : fromUnix(message.edit_date),
  };
  const { migrate_to_chat_id: toChatId } = message;
  if (Number.isSafeInteger(toChatId)) {
    return { type: "migrated", fromChatId: incoming.chat.externalId, toChatId: String(toChatId), message: incoming };
  }
  return { type: "message", message: incoming };
}

function kindOf(message: Message): string {
  const content = CONTENT_KINDS.find((kind) => message[kind as keyof Message] !== undefined);
  if (content) return content;
  const rest = Object.keys(message).find((key) => !ENVELOPE.has(key) && !key.startsWith("forward_"));
  return rest === undefined ? "unknown" : "service";
}

function chatTitle(chat: Chat, topicMessage: Message | undefined): string {
  const own =
    asText(chat.title) ??
    ([asText(chat.first_name), asText(chat.last_name)].filter(Boolean).join(" ") || `Chat ${chat.id}`);
  if (!topicMessage) return own;
  const topic =
    topicMessage.forum_topic_created?.name ??
    topicMessage.forum_topic_edited?.name ??
    topicMessage.reply_to_message?.forum_topic_created?.name;
  return `${own} › ${asText(topic) ?? `topic ${topicMessage.message_thread_id}`}`;
}

function authorOf(message: Message): IncomingMessage["author"] {
  const user: User | undefined = message.from;
  // An anonymous admin and a channel speak as a chat; `from` is then a placeholder or missing.
  if (message.sender_chat || !user || !Number.isSafeInteger(user.id)) return null;
  const displayName = [asText(user.first_name), asText(user.last_name)].filter(Boolean).join(" ");
  return {
    externalId: String(user.id),
    displayName: displayName || asText(user.username) || `User ${user.id}`,
    username: asText(user.username) ?? null,
    isBot: user.is_bot === true,
  };
}

/** `forward_origin`, or the same made from the fields that it replaced. */
function originOf(message: Message): unknown {
  if (message.forward_origin) return message.forward_origin;
  const legacy = message as unknown as {
    forward_from?: User;
    forward_from_chat?: Chat;
    forward_sender_name?: string;
    forward_date?: number;
  };
  const date = legacy.forward_date ?? 0;
  if (legacy.forward_from)
    return { type: "user", sender_user: legacy.forward_from, date } satisfies Partial<MessageOrigin>;
  if (legacy.forward_from_chat) return { type: "chat", sender_chat: legacy.forward_from_chat, date };
  if (legacy.forward_sender_name) return { type: "hidden_user", sender_user_name: legacy.forward_sender_name, date };
  return null;
}

/** Where Telegram shows the message: public chats by name, supergroups and channels by the part of their id after -100. */
function permalinkOf({ chat, message_id: messageId }: Message): string | null {
  const username = asText(chat.username);
  if (username && chat.type !== "private") return `https://t.me/${encodeURIComponent(username)}/${messageId}`;
  const id = String(chat.id);
  return id.startsWith("-100") ? `https://t.me/c/${id.slice(4)}/${messageId}` : null;
}

const asText = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Seconds since 1970, kept within what a date can hold; 0 stands for a message that Telegram no longer shows. */
function fromUnix(seconds: unknown): Date {
  const known = typeof seconds === "number" && Number.isFinite(seconds) ? seconds : 0;
  return new Date(Math.min(Math.max(known, 0), 253_402_300_799) * 1000);
}
