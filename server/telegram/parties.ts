import type { Author, IncomingChat } from "#server/messages/index.ts";

import { type Fields, fieldsOf, idOf, isObject, textOf } from "./fields.ts";

/** The topic of a forum that a message is in. */
export function threadOf(message: Fields): string | undefined {
  return message["is_topic_message"] === true ? idOf(message["message_thread_id"]) : undefined;
}

/** A chat, as far as a message in it tells; undefined where it has no id. */
export function readChat(chat: Fields, message: Fields): IncomingChat | undefined {
  const chatId = idOf(chat["id"]);
  if (chatId === undefined) return undefined;
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

/** Who says a message in a chat; null where the chat itself speaks. */
export function readAuthor(chatId: string, message: Fields): Author | null {
  if (isObject(message["sender_chat"])) {
    // Someone speaks as a chat; `from` is then a placeholder. As this very chat: an anonymous admin, or a channel's post.
    const chat = message["sender_chat"];
    const id = idOf(chat["id"]);
    if (id === undefined || id === chatId) return null;
    const username = textOf(chat["username"]) ?? null;
    return { externalId: id, displayName: textOf(chat["title"]) ?? username ?? `Chat ${id}`, username, isBot: false };
  }
  return readPerson(message["from"]);
}

/** A user of Telegram; null where there is none. */
export function readPerson(value: unknown): Author | null {
  const user = fieldsOf(value);
  const id = idOf(user["id"]);
  if (id === undefined) return null;
  const username = textOf(user["username"]) ?? null;
  return {
    externalId: id,
    displayName: nameOf(user) ?? username ?? `User ${id}`,
    username,
    isBot: user["is_bot"] === true,
    language: languageOf(user),
  };
}

/** The language of someone's client, where it is in the form of a language tag. */
function languageOf(user: Fields): string | null {
  const tag = textOf(user["language_code"]);
  return tag !== undefined && /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/i.test(tag) ? tag : null;
}

function nameOf(person: Fields): string | undefined {
  return textOf([textOf(person["first_name"]), textOf(person["last_name"])].filter(Boolean).join(" "));
}
