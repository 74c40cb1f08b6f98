import { type Api, InputFile } from "grammy";
import type { InlineKeyboardButton, MessageEntity } from "grammy/types";

import type { ChannelPort } from "#server/channels/index.ts";
import type { Log } from "#server/lib/log.ts";

import { type Meaning, meaningOf, movedTo } from "./errors.ts";
import type { Formatted } from "./formatted.ts";
import { formattedOf } from "./markdown.ts";
import { signalOf } from "./poll.ts";
import { MOST_TEXT, partsOf } from "./split.ts";

/** A longer text is a file, with its beginning as a message. */
const MOST_PARTS = 3;
/** What a message says that says nothing: Telegram has no empty ones. */
const NOTHING = "…";
const FILE_NAME = "full-text.md";
/** What failed half-way is taken back for no longer than this. */
const TAKE_BACK_MS = 10_000;

type Place = Parameters<ChannelPort["send"]>[0];
type Shown = Parameters<ChannelPort["send"]>[1];
type SentPost = Awaited<ReturnType<ChannelPort["send"]>>;
type Rows = InlineKeyboardButton[][];
type Piece = { text: Formatted; rows: Rows };
/** What becomes of a post: messages in order, and the whole of it as a file where it is too long for them. */
type Plan = { pieces: Piece[]; file: { source: string; rows: Rows } | null };
type SendOptions = { replyTo: number | null; isQuiet: boolean; signal: AbortSignal };

/** Sends, changes and removes posts. Throws what grammY throws; see `appErrorOf`. */
export function createPosts(api: Api, log: Log): Pick<ChannelPort, "send" | "edit" | "remove"> {
  const sendText = (place: Place, { text, rows }: Piece, { replyTo, isQuiet, signal }: SendOptions) =>
    inChat(place, (chatId) =>
      leniently(log, text.entities, rows, async (entities, shownRows) => {
        const sent = await api.sendMessage(
          chatId,
          text.text,
          { ...placed(place, replyTo, isQuiet), ...looks(entities, shownRows) },
          signalOf(signal),
        );
        return String(sent.message_id);
      }),
    );

  const sendFile = (place: Place, { source, rows }: { source: string; rows: Rows }, options: SendOptions) =>
    inChat(place, (chatId) =>
      leniently(log, [], rows, async (_, shownRows) => {
        const sent = await api.sendDocument(
          chatId,
          fileOf(source),
          { ...placed(place, options.replyTo, options.isQuiet), reply_markup: { inline_keyboard: shownRows } },
          signalOf(options.signal),
        );
        return String(sent.message_id);
      }),
    );

  const editText = (place: Place, id: string, { text, rows }: Piece, signal: AbortSignal) =>
    inChat(place, (chatId) =>
      leniently(log, text.entities, rows, (entities, shownRows) =>
        sameIsFine(() =>
          api.editMessageText(chatId, Number(id), text.text, looks(entities, shownRows), signalOf(signal)),
        ),
      ),
    );

  const editFile = (place: Place, id: string, { source, rows }: { source: string; rows: Rows }, signal: AbortSignal) =>
    inChat(place, (chatId) =>
      leniently(log, [], rows, (_, shownRows) =>
        sameIsFine(() =>
          api.editMessageMedia(
            chatId,
            Number(id),
            { type: "document", media: fileOf(source) },
            { reply_markup: { inline_keyboard: shownRows } },
            signalOf(signal),
          ),
        ),
      ),
    );

  const removeOne = async (place: Place, id: string, signal: AbortSignal, passing: Meaning[] = ["message gone"]) => {
    try {
      await inChat(place, (chatId) => api.deleteMessage(chatId, Number(id), signalOf(signal)));
    } catch (error) {
      const meaning = meaningOf(error);
      if (meaning === undefined || !passing.includes(meaning)) throw error;
    }
  };

  /** Does `work`; if it fails, what it put into `fresh` is removed, so that the next try does not say it twice. */
  const wholly = async <T>(place: Place, fresh: string[], work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const signal = AbortSignal.timeout(TAKE_BACK_MS);
      const taken = await Promise.allSettled(fresh.map((id) => removeOne(place, id, signal)));
      const left = taken.filter(({ status }) => status === "rejected").length;
      if (left > 0) log.warn({ left }, "telegram.post failed half-way, and some of it stays in the chat");
      throw error;
    }
  };

  return {
    send: async (place, shown, { replyToExternalId, isQuiet, signal }) => {
      const { pieces, file } = planOf(shown);
      const ids: string[] = [];
      return wholly(place, ids, async () => {
        for (const [index, piece] of pieces.entries()) {
          const replyTo = index === 0 ? idOf(replyToExternalId) : null;
          ids.push(await sendText(place, piece, { replyTo, isQuiet: isQuiet || index > 0, signal }));
        }
        if (file) ids.push(await sendFile(place, file, { replyTo: idOf(ids[0]), isQuiet: true, signal }));
        return sentPost(ids);
      });
    },

    edit: async (place, post, shown, { signal }) => {
      const { pieces, file } = planOf(shown);
      const old = [post.externalId, ...post.moreIds];
      const fresh: string[] = [];
      // What is new belongs to the beginning, also where others have written since.
      const more: SendOptions = { replyTo: idOf(post.externalId), isQuiet: true, signal };
      const sent = async (sending: Promise<string>) => {
        const id = await sending;
        fresh.push(id);
        return id;
      };
      return wholly(place, fresh, async () => {
        const ids: string[] = [];
        for (const [index, piece] of pieces.entries()) {
          const id = old[index];
          const isChanged = id !== undefined && (await changed(index, () => editText(place, id, piece, signal)));
          ids.push(isChanged ? id : await sent(sendText(place, piece, more)));
        }
        if (file) {
          const id = old[ids.length];
          const isChanged = id !== undefined && (await changed(ids.length, () => editFile(place, id, file, signal)));
          ids.push(isChanged ? id : await sent(sendFile(place, file, more)));
        }
        const rest = old.filter((id) => !ids.includes(id));
        // After two days Telegram does not let it be removed; the post itself is as it should be.
        for (const id of rest) await removeOne(place, id, signal, ["message gone", "message fixed"]);
        return sentPost(ids);
      });
    },

    remove: async (place, post, { signal }) => {
      for (const id of [post.externalId, ...post.moreIds]) await removeOne(place, id, signal);
    },
  };
}

/** Follows a group that has become another chat, once. */
export async function inChat<T>(place: Place, call: (chatId: number) => Promise<T>): Promise<T> {
  try {
    return await call(Number(place.externalId));
  } catch (error) {
    const newChatId = movedTo(error);
    if (newChatId === undefined) throw error;
    return call(newChatId);
  }
}

/** Says it plainly where Telegram does not take the marks, and without the buttons that it cannot open, such as those of localhost. */
export async function leniently<T>(
  log: Log,
  entities: MessageEntity[],
  rows: Rows,
  call: (entities: MessageEntity[], rows: Rows) => Promise<T>,
): Promise<T> {
  try {
    return await call(entities, rows);
  } catch (error) {
    const meaning = meaningOf(error);
    if (meaning === "bad entities" && entities.length > 0) {
      log.warn({ entities: entities.length }, "telegram.post is shown without its marks: Telegram does not take them");
      return leniently(log, [], rows, call);
    }
    const opened = rows.map((row) => row.filter((button) => !("url" in button))).filter((row) => row.length > 0);
    if (meaning === "bad buttons" && opened.flat().length < rows.flat().length) {
      log.warn("telegram.post is shown without links in buttons: Telegram does not take them. Is APP_URL reachable?");
      return leniently(log, entities, opened, call);
    }
    throw error;
  }
}

/** @returns false where a later part of a post cannot be changed and another has to take its place; the first one never has another */
async function changed(index: number, change: () => Promise<void>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    const isLost = ["message gone", "message fixed", "no text in it"].includes(meaningOf(error) ?? "");
    if (index > 0 && isLost) return false;
    throw error;
  }
}

async function sameIsFine(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (meaningOf(error) !== "same content") throw error;
  }
}

function planOf({ text: source, buttons }: Shown): Plan {
  const whole = formattedOf(source, (MOST_PARTS + 1) * MOST_TEXT);
  const parts = partsOf(whole)
    .take(MOST_PARTS + 1)
    .toArray();
  if (parts.length === 0) parts.push({ text: NOTHING, entities: [] });
  const rows = rowsOf(buttons);
  const isLong = parts.length > MOST_PARTS || whole.text.length > MOST_PARTS * MOST_TEXT;
  const shownParts = isLong ? parts.slice(0, 1) : parts;
  return {
    pieces: shownParts.map((text, index) => ({ text, rows: !isLong && index === shownParts.length - 1 ? rows : [] })),
    file: isLong ? { source, rows } : null,
  };
}

const rowsOf = (buttons: Shown["buttons"]): Rows =>
  buttons
    .filter((row) => row.length > 0)
    .map((row) =>
      row.map((button) => ({
        text: button.label,
        ...(button.style === undefined ? {} : { style: button.style }),
        ...("url" in button ? { url: button.url } : { callback_data: button.token }),
      })),
    );

/** What every message says of its place: the General topic has no number. */
const placed = (place: Place, replyTo: number | null, isQuiet: boolean) => ({
  ...(place.threadId === "" ? {} : { message_thread_id: Number(place.threadId) }),
  ...(replyTo === null ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  disable_notification: isQuiet,
});

const looks = (entities: MessageEntity[], rows: Rows) => ({
  entities,
  link_preview_options: { is_disabled: true },
  reply_markup: { inline_keyboard: rows },
});

const fileOf = (source: string) => new InputFile(Buffer.from(source), FILE_NAME);

/** Telegram's ids are numbers; anything else is none. */
const idOf = (externalId: string | null | undefined): number | null =>
  externalId && /^\d+$/.test(externalId) ? Number(externalId) : null;

const sentPost = ([externalId = "", ...moreIds]: string[]): SentPost => ({ externalId, moreIds });
