import { findDue } from "../extraction/due.ts";
import { type People, peopleOf } from "../extraction/people.ts";
import type { ExtractInput, FoundProposal, SeenMessage } from "../extraction/prompt.ts";
import { describe } from "./describe.ts";
import { readEnglish } from "./english.ts";
import type { Language, Said } from "./items.ts";
import type { Reading } from "./reading.ts";
import { readRussian } from "./russian.ts";
import { sentencesOf } from "./sentences.ts";
import { putTogether } from "./thread.ts";

/** More than this from one batch is noise that we read wrongly. */
const MOST_PROPOSALS = 40;

/**
 * Requests, commitments, decisions, open questions and problems of one batch, found in plain code: English well, Russian
 * reasonably. Quotes are whole sentences, exactly as they stand in their messages.
 */
export function findByRules({ chatTitle, timeZone, messages }: ExtractInput): FoundProposal[] {
  const people = peopleOf(messages.map(({ author }) => author).filter(({ isBot }) => !isBot));
  const said = messages.flatMap((message, at) => (message.author.isBot ? [] : read(message, at, timeZone, people)));
  const topic = topicOf(chatTitle);
  return putTogether(messages, said, people)
    .slice(0, MOST_PROPOSALS)
    .map((item) => describe(item, topic))
    .filter((proposal) => proposal.title !== "");
}

function read(message: SeenMessage, at: number, timeZone: string, people: People): Said[] {
  return sentencesOf(message.text).flatMap((sentence): Said[] => {
    const language: Language = /\p{Script=Cyrillic}/u.test(sentence.plain) ? "ru" : "en";
    const found = language === "ru" ? readRussian(sentence.plain) : readEnglish(sentence.plain, sentence.isListed);
    const reading = found && { ...found, action: withoutVocative(found.action, people) };
    if (!reading || (message.forwardedFrom && isBetweenTwo(reading))) return [];
    // "Don't deploy on Friday" names a day, but nothing is due then.
    const isTimeless = TIMELESS.has(reading.kind) || /^(?:don't|do not|never|не)\s/iu.test(reading.action);
    const due = isTimeless ? null : findDue(sentence.plain, { sentAt: message.sentAt, timeZone });
    const words = due ? sentence.plain.slice(due.start, due.end) : "";
    return [{ message, at, sentence, reading, language, due: due ? { date: due.date, words } : null }];
  });
}

/** A "yes" or an "I will" in a forward was said elsewhere, to someone else. */
function isBetweenTwo({ kind }: Reading): boolean {
  return kind === "agreement" || kind === "refusal" || kind === "done" || kind === "commitment" || kind === "question";
}

/** "check the numbers, Ada?": who is spoken to is no part of the deed. */
function withoutVocative(action: string, people: People): string {
  const match = /,\s*(?<name>@\w+|\p{Lu}[\p{L}'-]+)\s*[?.!]*$/u.exec(action);
  const name = match?.groups?.name ?? "";
  return match && (name.startsWith("@") || people.find(name)) ? action.slice(0, match.index) : action;
}

const TIMELESS = new Set<Reading["kind"]>([
  "question",
  "problem",
  "blocker",
  "solution",
  "agreement",
  "refusal",
  "done",
]);

/** The chat's title says what a forum topic or a project group is about; a general one says nothing. */
function topicOf(chatTitle: string): string | null {
  // A forum topic is titled "Group › Topic".
  const title = chatTitle.split("›").at(-1)?.trim() ?? "";
  return title === "" || /^(?:general|main|chat|team|group|all|lobby|общий|чат|основной)$/iu.test(title) ? null : title;
}
