import type { InlineKeyboardButton, MessageEntity } from "grammy/types";

import { type Answer, done, refusal } from "./fake-telegram-http.ts";
import { objectionToButtons, objectionToText } from "./fake-telegram-rules.ts";

/** A message that the bot sent, as it stands now. */
export type FakeMessage = {
  id: number;
  chatId: number;
  /** The topic, or null. */
  threadId: number | null;
  /** The text, or the caption of a file. */
  text: string;
  entities: MessageEntity[];
  buttons: InlineKeyboardButton[][];
  replyTo: number | null;
  isQuiet: boolean;
  file: { name: string; content: string } | null;
  /** What it said before, the oldest first. */
  earlierTexts: string[];
};

type FakeDraft = { chatId: number; draftId: number; threadId: number | null; text: string; entities: MessageEntity[] };
type Body = Record<string, unknown>;

/** What the bot did in chats. */
export type FakeChats = {
  /** The messages of a chat that are still there, in the order in which they came. */
  messagesIn: (chatId: number) => FakeMessage[];
  /** What a message says now; undefined where there is none, or none any more. */
  textOf: (messageId: number) => string | undefined;
  /** Everything shown while it was written, in order. */
  drafts: FakeDraft[];
  /** The sign that the bot has put on a message. */
  reactionOn: (chatId: number, messageId: number) => string | null;
  /** Answers to taps on buttons, in order. */
  callbackAnswers: Array<{ id: string; text: string | null }>;
  /** The commands that a scope shows in a language; undefined where none were set. */
  commandsOf: (scope: string, language: string) => Array<{ command: string; description: string }> | undefined;
};

/** A model of the chats. @returns what they show, and `answer`: undefined for methods of other kinds */
export function createFakeChats(bot: object): {
  chats: FakeChats;
  answer: (method: string, body: Body) => Promise<Answer | undefined>;
} {
  const messages = new Map<number, FakeMessage>();
  const reactions = new Map<string, string | null>();
  const commands = new Map<string, Array<{ command: string; description: string }>>();
  const drafts: FakeDraft[] = [];
  const callbackAnswers: FakeChats["callbackAnswers"] = [];
  let nextId = 10_001;

  const found = (body: Body) => {
    const message = messages.get(Number(body["message_id"]));
    return message?.chatId === Number(body["chat_id"]) ? message : undefined;
  };
  const toldOf = (message: FakeMessage) => ({
    message_id: message.id,
    from: bot,
    chat: { id: message.chatId, type: message.chatId > 0 ? "private" : "supergroup", first_name: "Someone" },
    date: Math.floor(Date.now() / 1000),
    ...(message.file ? { caption: message.text } : { text: message.text, entities: message.entities }),
  });
  const put = (message: FakeMessage): Answer => {
    messages.set(message.id, message);
    return done(toldOf(message));
  };
  const change = (message: FakeMessage, to: Partial<FakeMessage>): Answer => {
    const changed = { ...message, ...to };
    if (JSON.stringify(changed) === JSON.stringify(message)) {
      return refusal(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    }
    return put({ ...changed, earlierTexts: [...message.earlierTexts, message.text] });
  };

  const answer = async (method: string, body: Body): Promise<Answer | undefined> => {
    switch (method) {
      case "sendMessage": {
        const objection =
          objectionToText(wordsOf(body["text"]), entitiesOf(body)) ?? objectionToButtons(buttonsOf(body));
        return objection === null ? put(newMessage(nextId++, body)) : refusal(400, objection);
      }
      case "sendDocument": {
        const file = await fileOf(body, body["document"]);
        const objection = file
          ? objectionToButtons(buttonsOf(body))
          : "Bad Request: there is no document in the request";
        return objection === null ? put({ ...newMessage(nextId++, body), file }) : refusal(400, objection);
      }
      case "editMessageText": {
        const message = found(body);
        if (!message) return refusal(400, "Bad Request: message to edit not found");
        if (message.file) return refusal(400, "Bad Request: there is no text in the message to edit");
        const text = wordsOf(body["text"]);
        const objection = objectionToText(text, entitiesOf(body)) ?? objectionToButtons(buttonsOf(body));
        return objection === null
          ? change(message, { text, entities: entitiesOf(body), buttons: buttonsOf(body) })
          : refusal(400, objection);
      }
      case "editMessageMedia": {
        const message = found(body);
        if (!message) return refusal(400, "Bad Request: message to edit not found");
        const { media, caption } = body["media"] as { media: unknown; caption?: string };
        const file = await fileOf(body, media);
        if (!file) return refusal(400, "Bad Request: there is no media in the request");
        return change(message, { file, text: caption ?? "", entities: [], buttons: buttonsOf(body) });
      }
      case "deleteMessage":
        if (!found(body)) return refusal(400, "Bad Request: message to delete not found");
        messages.delete(Number(body["message_id"]));
        return done();
      case "sendMessageDraft": {
        const text = wordsOf(body["text"]);
        if (!body["draft_id"]) return refusal(400, "Bad Request: DRAFT_ID_INVALID");
        if (Number(body["chat_id"]) < 0) return refusal(400, "Bad Request: PEER_ID_INVALID");
        const objection = text === "" ? null : objectionToText(text, entitiesOf(body));
        if (objection !== null) return refusal(400, objection);
        drafts.push({ ...placeOf(body), draftId: Number(body["draft_id"]), text, entities: entitiesOf(body) });
        return done();
      }
      case "setMessageReaction": {
        const [reaction] = (body["reaction"] ?? []) as Array<{ emoji: string }>;
        reactions.set(`${String(body["chat_id"])} ${String(body["message_id"])}`, reaction?.emoji ?? null);
        return done();
      }
      case "answerCallbackQuery":
        callbackAnswers.push({
          id: String(body["callback_query_id"]),
          text: (body["text"] as string | undefined) ?? null,
        });
        return done();
      case "setMyCommands": {
        const wanted = body["commands"] as Array<{ command: string; description: string }>;
        const isBad = wanted.some(
          (one) => !/^[a-z0-9_]{1,32}$/.test(one.command) || !/^.{1,256}$/s.test(one.description),
        );
        if (isBad) return refusal(400, "Bad Request: BOT_COMMAND_INVALID");
        const { type = "default" } = (body["scope"] ?? {}) as { type?: string };
        commands.set(`${type} ${wordsOf(body["language_code"])}`, wanted);
        return done();
      }
      default:
        return undefined;
    }
  };

  const chats: FakeChats = {
    messagesIn: (chatId) =>
      [...messages.values()].filter((message) => message.chatId === chatId).toSorted((a, b) => a.id - b.id),
    textOf: (messageId) => messages.get(messageId)?.text,
    drafts,
    reactionOn: (chatId, messageId) => reactions.get(`${chatId} ${messageId}`) ?? null,
    callbackAnswers,
    commandsOf: (scope, language) => commands.get(`${scope} ${language}`),
  };
  return { chats, answer };
}

function newMessage(id: number, body: Body): FakeMessage {
  const reply = body["reply_parameters"] as { message_id: number } | undefined;
  return {
    id,
    ...placeOf(body),
    text: wordsOf(body["text"] ?? body["caption"]),
    entities: entitiesOf(body),
    buttons: buttonsOf(body),
    replyTo: reply?.message_id ?? null,
    isQuiet: [true, "true"].includes(body["disable_notification"] as boolean | string),
    file: null,
    earlierTexts: [],
  };
}

const placeOf = (body: Body) => ({
  chatId: Number(body["chat_id"]),
  threadId: body["message_thread_id"] === undefined ? null : Number(body["message_thread_id"]),
});

const entitiesOf = (body: Body) => (body["entities"] ?? []) as MessageEntity[];

const buttonsOf = (body: Body) =>
  ((body["reply_markup"] ?? {}) as { inline_keyboard?: InlineKeyboardButton[][] }).inline_keyboard ?? [];

const wordsOf = (value: unknown) => (typeof value === "string" ? value : "");

/** The file of a form that a field names as `attach://<part>`. */
async function fileOf(body: Body, field: unknown): Promise<FakeMessage["file"]> {
  const part = body[String(field).replace("attach://", "")];
  return part instanceof File ? { name: part.name, content: await part.text() } : null;
}
