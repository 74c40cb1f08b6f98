import { type Fields, fieldsOf, idOf, storable } from "./fields.ts";

/** The bot that people speak to. */
export type Bot = {
  /** By Telegram's id. */
  id: string;
  /** Without the @; null while it is not known. */
  username: string | null;
};

/** What a message says to the bot. */
export type Spoken = {
  /** Its words without the bot's name. */
  text: string;
  /** The command at its beginning, without the slash and the bot's name, in lower case; and what follows it. */
  command: { name: string; words: string } | null;
  /** Whether it speaks to the bot: a private chat, its name, a command, an answer to what it said. */
  isAddressed: boolean;
  /** Whether it answers what the bot said. */
  answersWinnow: boolean;
};

const COMMAND = /^\/(\w{1,64})(?:@(\w+))?(?![^\s])\s*([\s\S]*)$/;

/** @param about.answeredId who said what the message answers, by Telegram's id */
export function spokenOf(
  words: { text: string; entities: unknown[] },
  about: { isPrivate: boolean; answeredId: string | null; bot: Bot | null },
): Spoken {
  const { isPrivate, answeredId, bot } = about;
  const full = storable(words.text);
  const entities = words.entities.map(fieldsOf);
  const mentions = entities.flatMap((entity) => (bot ? (mentionAt(full, entity, bot) ?? []) : []));
  const text = mentions.toSorted((a, b) => b.start - a.start).reduce(cut, full);
  const command = isCommand(full, entities) ? commandOf(text, { isPrivate, bot }) : null;
  const isAnswer = bot !== null && answeredId === bot.id;
  const isAddressed = isPrivate || mentions.length > 0 || command !== null || isAnswer;
  return { text, command, isAddressed, answersWinnow: isAnswer };
}

type Range = { start: number; end: number };

/** Where an entity names the bot. */
function mentionAt(text: string, entity: Fields, bot: Bot): Range | null {
  const { type, offset: start, length } = entity;
  if (!isCount(start) || !isCount(length) || start + length > text.length) return null;
  const end = start + length;
  const isOurs =
    type === "mention"
      ? bot.username !== null && text.slice(start, end).toLowerCase() === `@${bot.username.toLowerCase()}`
      : type === "text_mention" && idOf(fieldsOf(entity["user"])["id"]) === bot.id;
  return isOurs ? { start, end } : null;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function cut(text: string, { start, end }: Range): string {
  const [before, after] = [text.slice(0, start).trimEnd(), text.slice(end).replace(/^[\s,:]+/, "")];
  return before === "" || after === "" ? before + after : `${before} ${after}`;
}

/** Telegram marks commands; what comes without any marks is looked at itself. */
function isCommand(text: string, entities: Fields[]): boolean {
  if (!text.startsWith("/")) return false;
  return entities.length === 0 || entities.some((entity) => entity["type"] === "bot_command" && entity["offset"] === 0);
}

/** A command that is for this bot: one that names no bot, or this one. */
function commandOf(text: string, { isPrivate, bot }: { isPrivate: boolean; bot: Bot | null }): Spoken["command"] {
  const [, name, addressee, words = ""] = COMMAND.exec(text) ?? [];
  if (name === undefined) return null;
  const username = bot?.username ?? null;
  // In a private chat there is no other bot, whatever ours is called.
  const isUnknown = username === null && isPrivate;
  const isOurs = addressee === undefined || isUnknown || addressee.toLowerCase() === username?.toLowerCase();
  return isOurs ? { name: name.toLowerCase(), words: words.trim() } : null;
}
