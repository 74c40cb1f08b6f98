import type { Channel } from "#prisma/enums.ts";

/** Who says something, and where, by our own ids. */
export type Speaker = {
  spaceId: string;
  channel: Channel;
  chatId: string;
  contributorId: string;
  /** Whether the chat is between this person and Winnow alone. */
  isPrivate: boolean;
  /** The language of their client, as an IETF tag; null where it does not say. */
  language: string | null;
};

/** A message that may want something of the assistant, recorded a moment ago in the same transaction. */
export type HeardMessage = Speaker & {
  messageId: string;
  /** The channel's id of the message, to answer it. */
  externalId: string;
  text: string;
  /** A command at its beginning, without the slash and the bot's name, in lower case; and what follows it. */
  command: { name: string; words: string } | null;
  /** Whether it speaks to Winnow: a private chat, a mention of its name, an answer to what it said. */
  isAddressed: boolean;
  /** Whether it answers a message of Winnow's. */
  answersWinnow: boolean;
  mediaGroupId: string | null;
  /** Whether it brings a file. */
  hasFiles: boolean;
  /** The message that it answers, in the same chat, where we know it. */
  repliesToMessageId: string | null;
};

/** A tap on a button. */
export type HeardTap = Speaker & {
  token: string;
  /** What the channel wants to be answered with. */
  tapId: string;
};

/** Someone does not want the rest of what Winnow is writing to them. */
export type HeardStop = Speaker;

/** Someone changed their signs on a message. */
export type HeardReaction = Speaker & {
  /** The channel's id of the message; it may be one of Winnow's own. */
  externalId: string;
  /** The message, where it is one that somebody sent and that we know. */
  messageId: string | null;
  /** What stands on it from them now. */
  emoji: string[];
  /** Those of them that did not before. */
  added: string[];
};
