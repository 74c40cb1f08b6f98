import { type Fields, fieldsOf, isObject, textOf } from "./fields.ts";

/** The kinds of content that a message can have, looked for in this order: an animation is also a document, a venue also a location. */
const CONTENT_KINDS = [
  "text",
  "rich_message",
  "animation",
  "audio",
  "live_photo",
  "photo",
  "video",
  "video_note",
  "voice",
  "document",
  "sticker",
  "story",
  "paid_media",
  "poll",
  "checklist",
  "venue",
  "location",
  "contact",
  "dice",
  "game",
  "invoice",
  "giveaway",
  "giveaway_winners",
] as const;

/** What Telegram itself says in a chat, by the field that tells it; families of such fields by their first words. */
const SERVICE_FIELDS = new Set([
  "left_chat_member",
  "pinned_message",
  "delete_chat_photo",
  "successful_payment",
  "refunded_payment",
  "users_shared",
  "chat_shared",
  "connected_website",
  "write_access_allowed",
  "passport_data",
  "proximity_alert_triggered",
  "boost_added",
  "web_app_data",
  "gift",
  "unique_gift",
  "gift_upgrade_sent",
  "chat_background_set",
  "message_auto_delete_timer_changed",
]);
const SERVICE_FAMILIES =
  /^(?:new_chat_|migrate_|forum_topic_|general_forum_topic_|video_chat_|voice_chat_|chat_owner_|community_chat_|suggested_post_|checklist_tasks_|poll_option_|giveaway_|managed_bot_|direct_message_price_|paid_message_price_)|_chat_created$/;

/** What kind of message it is: its content by name, `service` for what Telegram says itself, `unknown` for anything newer than this list. */
export function kindOf(message: Fields): string {
  const present = Object.keys(message).filter((key) => message[key] !== null && message[key] !== undefined);
  const content = CONTENT_KINDS.find((kind) => present.includes(kind));
  if (content) return content;
  const isService = present.some((key) => SERVICE_FIELDS.has(key) || SERVICE_FAMILIES.test(key));
  return isService ? "service" : "unknown";
}

/**
 * The words of a message with the entities that belong to them, as Telegram gives them: offsets in UTF-16 units. What has no words
 * but can be said in some (a poll, a place, a contact) is.
 */
export function wordsOf(message: Fields): { text: string; entities: unknown[] } {
  const poll = fieldsOf(message["poll"]);
  const checklist = fieldsOf(message["checklist"]);
  const places: Array<[unknown, unknown]> = [
    [message["text"], message["entities"]],
    [message["caption"], message["caption_entities"]],
    [linesOf(poll["question"], poll["options"]), poll["question_entities"]],
    [linesOf(checklist["title"], checklist["tasks"]), checklist["title_entities"]],
    [isObject(message["rich_message"]) ? plainText(message["rich_message"], 0).trim() : undefined, undefined],
    [wordsFor(message), undefined],
  ];
  const [text, entities] = places.find(([words]) => textOf(words) !== undefined) ?? [];
  return { text: textOf(text) ?? "", entities: Array.isArray(entities) ? entities : [] };
}

/** A question with its answers, a title with its tasks: a line for each. */
function linesOf(title: unknown, items: unknown): string | undefined {
  if (textOf(title) === undefined) return undefined;
  const lines = Array.isArray(items) ? items.flatMap((item) => textOf(fieldsOf(item)["text"]) ?? []) : [];
  return [title, ...lines.map((line) => `- ${line}`)].join("\n");
}

/** A message without words, in words. */
function wordsFor(message: Fields): string | undefined {
  const [venue, contact, dice] = [fieldsOf(message["venue"]), fieldsOf(message["contact"]), fieldsOf(message["dice"])];
  const location = isObject(venue["location"]) ? venue["location"] : fieldsOf(message["location"]);
  const where = coordinatesOf(location);
  if (isObject(message["venue"])) return listed("Venue", [textOf(venue["title"]), textOf(venue["address"]), where]);
  if (where !== undefined) return listed("Location", [where]);
  if (isObject(message["contact"])) {
    const name = [textOf(contact["first_name"]), textOf(contact["last_name"])].filter(Boolean).join(" ");
    return listed("Contact", [textOf(name), textOf(contact["phone_number"])]);
  }
  if (isObject(message["dice"])) return `${textOf(dice["emoji"]) ?? "Dice"} ${Number(dice["value"]) || 0}`;
  return textOf(fieldsOf(message["sticker"])["emoji"]);
}

function listed(name: string, parts: Array<string | undefined>): string | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : `${name}: ${known.join(", ")}`;
}

function coordinatesOf({ latitude, longitude }: Fields): string | undefined {
  return Number.isFinite(latitude) && Number.isFinite(longitude)
    ? `${String(latitude)}, ${String(longitude)}`
    : undefined;
}

/** Rich messages nest 16 levels deep at most; what goes deeper is not one. */
const DEEPEST = 64;
/** Where blocks of a rich message keep their words, and what goes between those of several. */
const WORDS_IN = ["summary", "text", "alternative_text", "expression"];
const BLOCKS_IN = ["blocks", "items", "cells", "caption"];

/** The words of a rich message without their form, a line for each block. */
function plainText(node: unknown, depth: number): string {
  if (depth > DEEPEST) return "";
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return node.map((part) => plainText(part, depth + 1)).join("");
  if (!isObject(node)) return "";
  const words = WORDS_IN.map((key) => plainText(node[key], depth + 1)).join("");
  const blocks = BLOCKS_IN.flatMap((key) => node[key] ?? []).map((block) => plainText(block, depth + 1));
  return [words, ...blocks].filter((part) => part !== "").join("\n");
}
