import type { WindowMessage } from "#server/messages/index.ts";

import type { SkipReason } from "../schema.ts";
import { ASKS, ASSENT, ONLY_GREETINGS, ONLY_SHORT_ANSWERS } from "./noise-words.ts";

export type Said = Pick<WindowMessage, "id" | "chatId" | "text" | "sentAt" | "author" | "replyToId">;

/** How soon after a question a short answer belongs to it, where nobody says what is answered. */
const ANSWER_MS = 60_000;

/**
 * Which messages say nothing that could matter, and why: they are left out before the model.
 *
 * What answers something that matters is not lost: "yes" to a request is a promise, "+1" to a proposal is agreement. So a short
 * answer stays when it replies to a question, a request or a proposal of somebody else, or follows one within a minute. It also stays
 * when what it replies to lies outside of the window, for then nobody can say that it answers nothing. "Will do" and "done" are no
 * noise in the first place.
 * @param messages chat by chat, oldest first
 */
export function noiseIn(messages: readonly Said[]): Map<string, SkipReason> {
  const byId = new Map(messages.map((message) => [message.id, message]));
  // Looked at once each: after a rush, every short answer would read all that was said before it.
  const asking = new Map<Said, boolean>();
  const asks = (message: Said) => {
    const known = asking.get(message) ?? ASKS.test(message.text.toLowerCase().replaceAll("ё", "е"));
    asking.set(message, known);
    return known;
  };
  const noise = new Map<string, SkipReason>();
  for (const [at, message] of messages.entries()) {
    const reason = noiseOf(message);
    const mayAnswer = reason === "reaction" && isAssent(message.text);
    if (reason && !(mayAnswer && answersSomething(message, at, { messages, byId, asks })))
      noise.set(message.id, reason);
  }
  return noise;
}

function noiseOf({ text, author }: Said): SkipReason | null {
  if (text.trim() === "") return "no_words";
  if (author.isBot) return "bot";
  if (isCommand(text)) return "command";
  const words = wordsOf(text);
  if (words.length === 0) return "reaction";
  // Nothing that is noise is long; and what is long is not worth the search.
  if (words.length > MOST_WORDS) return null;
  const line = words.join(" ");
  if (ONLY_GREETINGS.test(line)) return "greeting";
  return ONLY_SHORT_ANSWERS.test(line) ? "reaction" : null;
}

/** "/start", "/status@winnow_bot now"; "/deploy is broken, who can help?" is a message. */
function isCommand(text: string): boolean {
  const [first = "", ...rest] = text.trim().split(/\s+/u);
  return /^\/[a-z]\w{0,31}(?:@\w+)?$/iu.test(first) && rest.length <= 3 && !text.includes("?");
}

/** "+1" and a thumb are words too; other signs and pictures are not, nor is whoever is greeted by @name. */
function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replaceAll("ё", "е")
    .replaceAll(/@\w+/gu, " ")
    .replaceAll(/[’']/gu, "")
    .replaceAll(/(^|\s)\+\s*(?:1\b)?(?=\s|\p{P}|$)/gu, "$1plus");
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

const ASSENT_SIGNS = /[👍👌✅☑✔💯🫡🤝➕]|(?:^|\s)\+/u;

function isAssent(text: string): boolean {
  return ASSENT_SIGNS.test(text) || ASSENT.test(wordsOf(text).join(" "));
}

function answersSomething(
  message: Said,
  at: number,
  given: { messages: readonly Said[]; byId: ReadonlyMap<string, Said>; asks: (message: Said) => boolean },
) {
  const { messages, byId, asks } = given;
  // A question, a request or a proposal of somebody else.
  const isWorthAnAnswer = (earlier: Said) => !isOwn(earlier, message) && asks(earlier);
  if (message.replyToId !== null) {
    const answered = byId.get(message.replyToId);
    return answered === undefined || isWorthAnAnswer(answered);
  }
  for (let before = at - 1; before >= 0; before -= 1) {
    const earlier = messages[before]!;
    if (earlier.chatId !== message.chatId) return false;
    if (message.sentAt.getTime() - earlier.sentAt.getTime() > ANSWER_MS) return false;
    if (isWorthAnAnswer(earlier)) return true;
  }
  return false;
}

function isOwn({ author }: Said, answer: Said): boolean {
  return author.contributorId !== null && author.contributorId === answer.author.contributorId;
}

const MOST_WORDS = 8;
