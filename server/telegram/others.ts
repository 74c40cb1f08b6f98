import { type Fields, fieldsOf, idOf, isObject, storable } from "./fields.ts";

/** Where a message shows one that somebody else said: the one that it answers, or that was pinned. */
const SHOWN_IN = ["reply_to_message", "pinned_message"];
/** What is left of such a message: where it stands, and what Telegram itself says in it. */
const LEFT = ["message_id", "date", "message_thread_id", "is_topic_message", "forum_topic_created"];

/** Who said the messages that an update shows along with its own, by Telegram's ids. */
export function othersIn(update: Fields): string[] {
  return messagesIn(update).flatMap((message) => SHOWN_IN.flatMap((key) => speakerOf(message[key]) ?? []));
}

/**
 * The update as it may be kept: without the words of those of whom nothing is, which others took along by answering them.
 * @returns its JSON; null where it may be kept as it came
 */
export function withoutOthers(update: Fields, isKept: (speaker: string | null) => boolean): string | null {
  const mustGo = (value: unknown) => isObject(value) && !isKept(speakerOf(value));
  if (!messagesIn(update).some((message) => SHOWN_IN.some((key) => mustGo(message[key])))) return null;
  const clear = (message: Fields): Fields => {
    const gone = SHOWN_IN.filter((key) => mustGo(message[key]));
    if (gone.length === 0) return message;
    const { quote: _, ...rest } = message;
    return { ...rest, ...Object.fromEntries(gone.map((key) => [key, remainsOf(message[key])])) };
  };
  const cleared = mapMessages(update, clear);
  try {
    return storable(JSON.stringify(cleared));
  } catch (error) {
    // Nested deeper than can be written.
    if (error instanceof RangeError) return "{}";
    throw error;
  }
}

/** The messages of an update: what it brings, and the one that was tapped on. */
function messagesIn(update: Fields): Fields[] {
  return Object.values(update)
    .filter(isObject)
    .flatMap((content) => [content, fieldsOf(content["message"])]);
}

function mapMessages(update: Fields, change: (message: Fields) => Fields): Fields {
  return Object.fromEntries(
    Object.entries(update).map(([key, content]) => {
      if (!isObject(content)) return [key, content];
      const { message } = content;
      return [key, { ...change(content), ...(isObject(message) ? { message: change(message) } : {}) }];
    }),
  );
}

function speakerOf(message: unknown): string | null {
  const { sender_chat: chat, from } = fieldsOf(message);
  return idOf(fieldsOf(isObject(chat) ? chat : from)["id"]) ?? null;
}

function remainsOf(message: unknown): Fields {
  return Object.fromEntries(LEFT.flatMap((key) => (key in fieldsOf(message) ? [[key, fieldsOf(message)[key]]] : [])));
}
