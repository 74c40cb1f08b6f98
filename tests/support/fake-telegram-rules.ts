import type { InlineKeyboardButton, MessageEntity } from "grammy/types";

const MOST_TEXT = 4096;
const MOST_CALLBACK_BYTES = 64;

/** What Telegram has against a text, in its words; null where nothing. */
export function objectionToText(text: string, entities: MessageEntity[]): string | null {
  if (!text.isWellFormed()) return "Bad Request: strings must be encoded in UTF-8";
  if (text.trim() === "") return "Bad Request: message text is empty";
  if (text.length > MOST_TEXT) return "Bad Request: message is too long";
  return objectionToEntities(text, entities);
}

/** Stricter than Telegram, which mends some of this in silence: what it would mend is a mistake of ours. */
function objectionToEntities(text: string, entities: MessageEntity[]): string | null {
  const open: MessageEntity[] = [];
  for (const entity of entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length)) {
    const end = entity.offset + entity.length;
    if (entity.offset < 0 || entity.length < 1 || end > text.length) return "Bad Request: ENTITY_BOUNDS_INVALID";
    if (cutsPair(text, entity.offset) || cutsPair(text, end)) {
      return `Bad Request: can't parse entities: entity beginning at UTF-16 offset ${entity.offset} ends in a middle of a UTF-16 symbol`;
    }
    while (open.length > 0 && endOf(open.at(-1)) <= entity.offset) open.pop();
    if (open.some((outer) => endOf(outer) < end || !mayHold(outer, entity))) {
      return `Bad Request: can't parse entities: ${entity.type} at ${entity.offset} is not allowed in ${open.map(({ type }) => type).join(", ")}`;
    }
    if (entity.type === "text_link" && !URL.canParse(entity.url)) return "Bad Request: ENTITY_URL_INVALID";
    open.push(entity);
  }
  return null;
}

const endOf = (entity: MessageEntity | undefined) => (entity ? entity.offset + entity.length : 0);

function mayHold(outer: MessageEntity, inner: MessageEntity): boolean {
  if (["code", "pre"].includes(outer.type) || outer.type === inner.type) return false;
  const isStyle = ["bold", "italic", "strikethrough"].includes(inner.type);
  if (outer.type === "text_link") return isStyle;
  if (outer.type === "blockquote") return true;
  return isStyle || ["text_link", "blockquote"].includes(inner.type);
}

const cutsPair = (text: string, at: number) => text.codePointAt(at - 1)! > 0xffff && at > 0 && at < text.length;

/** What Telegram has against buttons; null where nothing. */
export function objectionToButtons(rows: InlineKeyboardButton[][]): string | null {
  for (const button of rows.flat()) {
    if (!button.text) return "Bad Request: inline keyboard button text is empty";
    if ("callback_data" in button) {
      const bytes = Buffer.byteLength(button.callback_data);
      if (bytes < 1 || bytes > MOST_CALLBACK_BYTES) return "Bad Request: BUTTON_DATA_INVALID";
    } else if (!("url" in button)) {
      return "Bad Request: inline keyboard button has no type";
    } else if (!URL.canParse(button.url) || !/^(https?:\/\/[^/]*\.|tg:)/.test(button.url)) {
      return `Bad Request: inline keyboard button URL '${button.url}' is invalid: Wrong HTTP URL`;
    }
  }
  return null;
}
