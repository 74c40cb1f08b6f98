import { GrammyError, HttpError } from "grammy";

import { AppError } from "#server/lib/errors.ts";

/** What a refusal of Telegram means for us. `other` is a mistake of ours, or something new. */
export type Meaning =
  | "same content"
  | "message gone"
  | "message fixed"
  | "no text in it"
  | "chat closed"
  | "topic gone"
  | "bad entities"
  | "bad buttons"
  | "too late"
  | "too large"
  | "other";

/** In the order in which they are looked for, in what Telegram says. */
const MEANINGS: Array<[Meaning, RegExp]> = [
  ["same content", /message is not modified/i],
  ["message gone", /message to (?:edit|delete|react) not found|MESSAGE_ID_INVALID/i],
  ["message fixed", /message can't be (?:edited|deleted)/i],
  ["no text in it", /there is no (?:text|media) in the message/i],
  ["topic gone", /message thread not found|TOPIC_(?:CLOSED|DELETED)/i],
  [
    "chat closed",
    /chat not found|user not found|user is deactivated|group chat was (?:deactivated|upgraded)|PEER_ID_INVALID|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|not enough rights|have no rights|need administrator rights|bot is not a member/i,
  ],
  ["bad entities", /can't parse entities|ENTIT(?:Y|IES)_/i],
  ["bad buttons", /BUTTON_|keyboard button/i],
  ["too late", /query is too old|query ID is invalid|QUERY_ID_INVALID/i],
  ["too large", /file is too big|Request Entity Too Large|message is too long|MESSAGE_TOO_LONG/i],
];

/** What Telegram meant; undefined where it did not answer. */
export function meaningOf(error: unknown): Meaning | undefined {
  if (!(error instanceof GrammyError)) return undefined;
  if (error.error_code === 403) return "chat closed";
  if (error.error_code === 413) return "too large";
  return MEANINGS.find(([, words]) => words.test(error.description))?.[0] ?? "other";
}

/** The chat that a group has become, if that is why Telegram refuses. */
export function movedTo(error: unknown): number | undefined {
  return error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
}

/** Whether it was the bot itself that Telegram does not know, or a method that this server of it does not have. */
const isUnknown = (error: unknown): boolean =>
  error instanceof GrammyError && (error.error_code === 401 || error.error_code === 404);

/**
 * What went wrong, for a person: an AppError, unless it is a fault of our own. Nothing of grammY's own error is kept: it carries the request, and its address the token.
 * @param what the Bot API's method
 */
export function appErrorOf(error: unknown, what: string, signal: AbortSignal): Error {
  if (error instanceof AppError) return error;
  if (signal.aborted) return new AppError("cancelled", `Telegram's answer to ${what} was not waited for.`);
  if (error instanceof HttpError) {
    return new AppError(
      "unavailable",
      `Telegram could not be reached, or took too long (${what}). It is tried again; check the network, and TELEGRAM_API_ROOT if it is set.`,
    );
  }
  if (!(error instanceof GrammyError)) return error instanceof Error ? error : new Error(`${what} failed.`);
  const why = `${what}: ${error.error_code} ${withoutQuotes(error.description)}`;
  if (error.error_code === 429) {
    return new AppError(
      "rate_limited",
      `Telegram wants us to be slower than we can wait for (${why}). It is tried again later.`,
    );
  }
  if (error.error_code >= 500)
    return new AppError("unavailable", `Telegram has a fault of its own (${why}). It is tried again.`);
  if (isUnknown(error)) {
    return new AppError(
      "unavailable",
      `Telegram does not know this bot (${why}). Nothing was said; check TELEGRAM_BOT_TOKEN.`,
    );
  }
  switch (meaningOf(error)) {
    case "chat closed":
      return new AppError(
        "forbidden",
        `This chat does not let the bot speak (${why}). Add it again, or let it write there.`,
      );
    case "topic gone":
      return new AppError(
        "not_found",
        `This topic is closed, or not there any more (${why}). Nothing was said; open it again.`,
      );
    case "message gone":
    case "message fixed":
    case "no text in it":
      return new AppError("not_found", `This message is not there any more, or too old to change (${why}).`);
    case "too large":
      return new AppError(
        "invalid_input",
        `This is larger than Telegram lets through (${why}). Send it in smaller parts.`,
      );
    default:
      return new AppError(
        "invalid_input",
        `Telegram does not take this (${why}). Nothing was said; this is a fault in Winnow.`,
      );
  }
}

/** Telegram quotes addresses and words of what was sent: those are not for logs. */
function withoutQuotes(description: string): string {
  return description
    .replaceAll(/(['"]).*?\1/gs, "…")
    .replaceAll(/\d+:[\w-]{20,}/g, "…")
    .slice(0, 120);
}
