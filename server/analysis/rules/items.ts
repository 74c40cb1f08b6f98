import type { Person } from "../extraction/people.ts";
import type { SeenMessage } from "../extraction/prompt.ts";
import type { Reading } from "./reading.ts";
import type { Sentence } from "./sentences.ts";

export type Language = "en" | "ru";

/** A sentence of the batch and what it does there. */
export type Said = {
  message: SeenMessage;
  /** Position of the message in the batch. */
  at: number;
  sentence: Sentence;
  reading: Reading;
  language: Language;
  /** A day named in the sentence, and the words that name it. */
  due: { date: string; words: string } | null;
};

/** Something to propose, as far as the messages read so far tell it. */
export type Item = {
  type:
    | "task"
    | "decision"
    | "question"
    | "problem"
    | "blocker"
    | "risk"
    | "solution"
    | "requirement"
    | "insight"
    | "pattern";
  /** The sentence it started from. */
  root: Said;
  /** Every sentence that belongs to it, the root first. */
  said: Said[];
  /** Beginnings of the words that it is about: two items that share most of them are one. */
  about: Set<string>;
  /** What was said just before it, for a task that only points there. */
  context: string | null;
  /** The one it was said to, for "I'll send you the list"; null where nobody was there. */
  listener: string | null;
  /** Who is to do it, where known. */
  owner: { name: string; person: Person | null } | null;
  due: string | null;
  /** Names of those who said yes to it, the promise of its owner included. */
  agreed: Set<string>;
  /** Names of those who said that they cannot. */
  refused: Set<string>;
  /** It was done, answered or withdrawn within the batch: nothing to propose. */
  isSettled: boolean;
};

export function newItem(type: Item["type"], root: Said, listener: string | null = null): Item {
  return {
    type,
    root,
    context: null,
    listener,
    said: [root],
    about: wordsOf(root.reading.action),
    owner: null,
    due: root.due?.date ?? null,
    agreed: new Set(),
    refused: new Set(),
    isSettled: false,
  };
}

/** How many messages back an answer without a reply mark may point, and how long ago that may be. */
export const REACH = 6;
export const REACH_MS = 20 * 60_000;

/** Whether it was spoken of shortly before. */
export function isNear(item: Item, one: Said): boolean {
  const last = item.said.at(-1) ?? item.root;
  const agoMs = one.message.sentAt.getTime() - last.message.sentAt.getTime();
  return one.at - last.at <= REACH && agoMs <= REACH_MS;
}

/** The beginnings of the words that carry meaning; "permit" and "permits" are the same. */
export function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/\p{L}[\p{L}\d-]{2,}/gu) ?? [];
  return new Set(words.filter((word) => !EMPTY_WORDS.has(word)).map((word) => word.slice(0, 5)));
}

/** "the", "today", "надо": says nothing of what a sentence is about. */
export function isEmptyWord(lower: string): boolean {
  return EMPTY_WORDS.has(lower);
}

/** Whether two sets of words speak of the same: most of the smaller one, and more than one word unless there is only one. */
export function speaksOfSame(one: Set<string>, other: Set<string>): boolean {
  const smaller = Math.min(one.size, other.size);
  const common = one.intersection(other).size;
  return smaller > 0 && common / smaller >= 0.6 && common >= Math.min(2, smaller);
}

/** "take a look", "fix it": the deed is named, but not on what. */
export function isVague(action: string): boolean {
  return action.trim() === "" || VAGUE.test(action);
}

/** "renew it today", "send them": clear only with what was said before. */
export function pointsBack(action: string): boolean {
  return (
    isVague(action) ||
    /^\p{L}+(?: (?:up|off|out|down))? (?:it|this|that|them|these|those|его|её|ее|их|это)(?:[.,!?]|$| (?:with|to|for|by|before|until|on|at|in|today|tomorrow|tonight|now|again|next|asap|до|к|завтра|сегодня)(?!\p{L}))/iu.test(
      action,
    )
  );
}

/** The deed of a vague action in a word or two: "look into", "fix". Null where the action itself says it well enough. */
export function vagueDeed(action: string): string | null {
  if (!isVague(action)) return null;
  const verb = /^(?<verb>\p{L}+)/u.exec(action.toLowerCase())?.groups?.verb ?? "";
  return [
    "fix",
    "check",
    "test",
    "review",
    "repair",
    "restart",
    "решить",
    "проверить",
    "исправить",
    "починить",
    "сделать",
  ].includes(verb)
    ? verb
    : /\p{Script=Cyrillic}/u.test(action)
      ? "разобраться"
      : "look into";
}

const VAGUE =
  /^(?:(?:take|have) (?:a |another )?(?:\p{L}+ )?look(?: (?:at|into) (?:it|this|that|these|those|them))?|(?:look|dig) (?:into|at) (?:it|this|that|these|those|them)|look|help(?: me| us| out)*(?: with (?:it|this|that))?|(?:fix|check|handle|do|take|sort|test|review|repair|restart|investigate|debug|solve|manage|get)(?: (?:on|up|out|over|care of))? (?:it|this|that|them|these|those)(?: out| up| down| off)?|(?:check|investigate)|(?:посмотреть|глянуть|разобраться|проверить|исправить|починить|решить|сделать|взять|заняться)(?: (?:это|этим|его|её|ее|их|что там|с этим))?)(?: (?:please|now|soon|again|today|tomorrow|tonight|asap|первым делом|сегодня|завтра|срочно|скорее))*[\s.!?]*$/iu;

const EMPTY_WORDS = new Set(
  `the and for with that this from you your our can will would could should please have has had was were are not but all any
  some let get got just also then than about into out off over its them they their she his her him who what when where why how
  does did anyone anybody someone somebody know still
  today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday week next before until need needs one
  есть это как что или для при под над она они оно мне нам вам все ещё еще уже надо нужно можно пожалуйста завтра сегодня
  понедельник вторник среду четверг пятницу субботу воскресенье пятницы неделе`.split(/\s+/u),
);
