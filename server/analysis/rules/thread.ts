import type { Person, People } from "../extraction/people.ts";
import type { SeenMessage } from "../extraction/prompt.ts";
import {
  isNear,
  isVague,
  type Item,
  newItem,
  pointsBack,
  REACH,
  REACH_MS,
  type Said,
  speaksOfSame,
  wordsOf,
} from "./items.ts";
import { sentencesOf } from "./sentences.ts";
import { blockedBy } from "./titles.ts";
import { ownTask, settle } from "./settling.ts";

/**
 * Puts the sentences of a batch together: a promise goes to the request that it answers, a "yes" to what was asked or proposed,
 * a "done" settles it, and what is said twice is one item.
 */
export function putTogether(messages: SeenMessage[], said: Said[], people: People): Item[] {
  const items: Item[] = [];
  for (const one of said) {
    switch (one.reading.kind) {
      case "request":
      case "idea":
        addRequest(items, messages, one, people);
        break;
      case "commitment":
        addCommitment(items, messages, one, people);
        break;
      case "agreement":
      case "refusal":
      case "done":
        addAnswer(items, one);
        break;
      case "decision":
      case "problem":
      case "blocker":
      case "risk":
      case "solution":
      case "requirement":
      case "insight":
      case "pattern":
      case "question":
        addFact(items, one, one.reading.kind);
    }
  }
  for (const item of items) {
    if (item.type === "question" && isAnswered(item.root, messages)) item.isSettled = true;
    // "Let's …" is an idea; once two others say yes, or one in reply, it is what was decided.
    const yes = item.agreed.size + item.said.filter((one) => one.message.replyTo === item.root.message.label).length;
    if (item.root.reading.kind === "idea" && item.agreed.size > 0 && yes >= 2 && item.owner === null)
      item.type = "decision";
  }
  for (const item of items) if (item.type === "decision") answerQuestion(item, items);
  return items.filter((item) => !item.isSettled);
}

/** A question that ends in a decision is part of it: what was decided is clear only beside what was asked. */
function answerQuestion(decision: Item, items: readonly Item[]): void {
  const question = items.findLast(
    ({ type, root, about }) =>
      type === "question" &&
      root.at < decision.root.at &&
      decision.root.at - root.at <= REACH &&
      (decision.root.message.replyTo === root.message.label || about.intersection(decision.about).size > 0),
  );
  if (!question) return;
  question.isSettled = true;
  decision.said.push(...question.said);
}

function addRequest(items: Item[], messages: SeenMessage[], one: Said, people: People): void {
  const owner = addressee(messages, one, people);
  const same = items.find((item) => item.type === "task" && isNear(item, one) && isSame(item, one));
  if (same) {
    same.said.push(one);
    same.owner ??= owner;
    same.due ??= one.due?.date ?? null;
    return;
  }
  const item = newItem("task", one);
  item.owner = owner;
  if (pointsBack(one.reading.action)) {
    // What the message itself says before is nearer than what others said.
    if (!hasOwnLead(one)) takeUp(item, answered(items, one).find(isFault));
    item.context = contextBefore(messages, one);
  }
  items.push(item);
}

function addCommitment(items: Item[], messages: SeenMessage[], one: Said, people: People): void {
  const author = one.message.author;
  const owner =
    one.reading.who.type === "named" ? named(one.reading.who.name, people) : { name: author.name, person: author };
  const mayTake = (item: Item) =>
    item.type === "task" && !item.isSettled && (item.owner === null || item.owner.name === owner.name);
  const candidates = answered(items, one).filter(mayTake);
  const hasOwnWords = !isVague(one.reading.action) && !isOnlyDay(one);
  const target = hasOwnWords
    ? (candidates.find((item) => isSame(item, one)) ??
      items.findLast((item) => mayTake(item) && isNear(item, one) && isSame(item, one)) ??
      // "I'll mail it tonight", "yes, I'll order twelve", in reply to the request.
      candidates.find(
        ({ root }) =>
          one.message.replyTo === root.message.label &&
          (POINTS.test(one.reading.action) || (root.reading.kind === "request" && YES.test(one.message.text))),
      ))
    : candidates[0];

  if (target) {
    if (!target.said.includes(one)) target.said.push(one);
    target.owner = owner;
    // The day that was asked for stands; a promise of an earlier one is in its quote.
    target.due ??= one.due?.date ?? null;
    if (target.root.message.author.name !== owner.name) target.agreed.add(owner.name);
    return;
  }
  // A promise that points back to a fault that nobody was asked to mend.
  const fault = hasOwnWords && !pointsBack(one.reading.action) ? undefined : answered(items, one).find(isFault);
  if (!hasOwnWords && !fault) return;
  const before = messages.slice(0, one.at).findLast((message) => message.author.name !== author.name);
  const replied = messages.find(({ label }) => label === one.message.replyTo);
  const item = newItem("task", one, (replied ?? before)?.author.name ?? null);
  item.owner = owner;
  takeUp(item, fault);
  items.push(item);
}

function hasOwnLead({ message, sentence }: Said): boolean {
  return message.text.slice(0, sentence.start).trim().split(/\s+/u).length >= 4;
}

/** What was said just before, for a task that says only "refund them": the last words of the message that it answers or follows. */
function contextBefore(messages: SeenMessage[], one: Said): string | null {
  const { replyTo, sentAt } = one.message;
  const before = replyTo ? messages.find(({ label }) => label === replyTo) : messages[one.at - 1];
  if (!before || before.author.isBot || sentAt.getTime() - before.sentAt.getTime() > REACH_MS) return null;
  const last = sentencesOf(before.text).at(-1)?.plain ?? "";
  return last.split(" ").length >= 4 ? last : null;
}

/** A task without words of its own is about the fault before it; the two are one thing to propose. */
function takeUp(item: Item, fault: Item | undefined): void {
  if (!fault) return;
  item.said.unshift(...fault.said);
  item.about = fault.about;
  fault.isSettled = true;
}

function isFault(item: Item): boolean {
  return item.type === "problem" || item.type === "blocker" || item.type === "risk" || item.type === "pattern";
}

/** "yes", "done", "I can't": to what was asked or proposed just before. */
function addAnswer(items: Item[], one: Said): void {
  const author = one.message.author;
  if (one.reading.kind === "done" && one.reading.action !== "") {
    settle(items, one);
    return;
  }
  const fitting = answered(items, one).filter((item) =>
    one.reading.kind === "agreement"
      ? item.type === "decision" || item.type === "task"
      : item.type === "task" || (one.reading.kind === "done" && item.type !== "decision"),
  );
  // Who says "done" has done what was theirs, not what another promised.
  const isOthers = (item: Item) => item.owner !== null && item.owner.name !== author.name;
  const nearest = fitting.filter((item) => item.root.message === fitting[0]?.root.message);
  const target =
    one.reading.kind === "agreement"
      ? (nearest.find((item) => item.owner?.name === author.name) ?? fitting[0])
      : (fitting.find((item) => item.owner?.name === author.name) ??
        (one.message.replyTo ? fitting[0] : fitting.find((item) => !isOthers(item))) ??
        (one.reading.kind === "done" && !one.message.replyTo ? ownTask(items, one) : undefined));
  if (!target) return;
  if (one.reading.kind === "done") {
    target.isSettled = true;
    return;
  }
  if (one.reading.kind === "refusal") {
    target.refused.add(author.name);
    if (target.owner?.name === author.name) target.owner = null;
    return;
  }
  target.said.push(one);
  target.agreed.add(author.name);
  // Who says yes to "can you …?" takes it; who says yes to "we should …" only agrees.
  const { reading, sentence } = target.root;
  const isAsked = reading.kind === "request" && reading.who.type === "listener";
  // "Ok" to a list of things to do takes none of them in particular.
  if (target.type === "task" && isAsked && !sentence.isListed) {
    target.owner ??= { name: author.name, person: author };
  }
}

function addFact(items: Item[], one: Said, type: Exclude<Item["type"], "task">): void {
  const same = items.find((item) => item.type === type && isSame(item, one));
  if (same) {
    same.said.push(one);
    if (same.root.message.author.name !== one.message.author.name) same.agreed.add(one.message.author.name);
    return;
  }
  // "Could someone restart it? It's urgent, customers complain": the reason for a task, not a fact of its own.
  const isMore = items.find((item) => item.type !== "task" && item.type !== "decision" && one.at - item.root.at <= 1);
  const isReason =
    blockedBy(one.sentence.plain) === null &&
    /^(?:it|it's|that|that's|this|they|это|он|она|они)(?!\p{L})/iu.test(one.sentence.plain);
  const task = items.find((item) => item.type === "task" && item.root.message === one.message);
  if (isReason && task) task.said.push(one);
  else if (isReason && isMore?.root.message.author.name === one.message.author.name) isMore.said.push(one);
  else {
    const item = newItem(type, one);
    if (type === "solution") takeCause(item, items);
    items.push(item);
  }
}

/** "Turns out the strainer was full of weed. Cleaning it helped.": the cause is clear only with its cure, and the other way round. */
function takeCause(cure: Item, items: readonly Item[]): void {
  const cause = items.findLast(({ type, root }) => type === "insight" && root.message === cure.root.message);
  if (!cause || !POINTS.test(cure.root.sentence.plain)) return;
  cure.said.push(...cause.said);
  cause.isSettled = true;
}

/** What a message may be an answer to, likeliest first: what it replies to, else what others said just before. */
function answered(items: Item[], one: Said): Item[] {
  const author = one.message.author.name;
  const open = items.filter((item) => !item.isSettled && item.root.at < one.at);
  if (one.message.replyTo) {
    return open.filter((item) => item.said.some((said) => said.message.label === one.message.replyTo)).toReversed();
  }
  return (
    open
      .filter((item) => isNear(item, one) && item.root.message.author.name !== author)
      // The last thing asked is answered first.
      .toSorted((a, b) => b.root.at - a.root.at || b.root.sentence.start - a.root.sentence.start)
  );
}

function isSame(item: Item, one: Said): boolean {
  return speaksOfSame(item.about, wordsOf(withoutDay(one)));
}

/** A day says when, not what. */
function withoutDay({ due, reading }: Said): string {
  return due ? reading.action.replace(due.words, "") : reading.action;
}

/** Who is asked: who is named, else who is spoken to. */
function addressee(messages: SeenMessage[], one: Said, people: People): Item["owner"] {
  const { who } = one.reading;
  if (who.type === "named") return named(who.name, people);
  if (who.type === "author") return { name: one.message.author.name, person: one.message.author };
  const text = one.message.text.slice(0, one.sentence.end);
  const own = one.sentence.original;
  const called = [CALLED.exec(own), CALLED.exec(text), CALLED_LAST.exec(own)].find(Boolean)?.groups?.name;
  const person = called ? people.find(called) : null;
  if (person) return { name: person.name, person };
  if (called?.startsWith("@")) return { name: called.slice(1), person: null };
  if (who.type === "anyone") return null;
  const replied = messages.find((message) => message.label === one.message.replyTo)?.author;
  const others = new Map<string, Person>();
  for (const { author } of messages) {
    if (!author.isBot && author.name !== one.message.author.name) others.set(author.name, author);
  }
  const listener = replied && replied.name !== one.message.author.name && !replied.isBot ? replied : null;
  const only = others.size === 1 ? [...others.values()][0] : undefined;
  const spokenTo = listener ?? only;
  return spokenTo ? { name: spokenTo.name, person: spokenTo } : null;
}

function named(written: string, people: People): NonNullable<Item["owner"]> {
  const person = people.find(written);
  return { name: person?.name ?? written.replace(/^@/u, ""), person };
}

function isOnlyDay(one: Said): boolean {
  return wordsOf(withoutDay(one)).size === 0;
}

/** Whether someone else took the question up: in a reply, or by saying something next. */
function isAnswered(question: Said, messages: SeenMessage[]): boolean {
  const asker = question.message.author.name;
  return messages.slice(question.at + 1).some(({ author, text, replyTo }, after) => {
    if (author.name === asker || author.isBot) return false;
    if (replyTo === question.message.label) return true;
    const isQuestion = /\?\s*$/u.test(text);
    return replyTo === null && after < 3 && !isQuestion && /\p{L}{2,}\s+\p{L}/u.test(text);
  });
}

/** "@nora …", "Nora, …" at the start of what was said. */
const CALLED =
  /(?:^|\n)\s*(?:(?:hi|hey|hello|dear|привет)\s+)?(?<name>@\w+|\p{Lu}[\p{L}'-]+)(?:\s*[,:!–—-]|\s+(?=(?:can|could|please|would|пожалуйста|можешь|сможешь)\b))/iu;
/** "…, Nora?" at its end. */
const CALLED_LAST = /,\s*(?<name>@\w+|\p{Lu}[\p{L}'-]+)\s*[?.!]*$/u;
const YES = /^\s*(?:yes|yep|yeah|sure|ok|okay|of course|will do|да|ок|хорошо|конечно)(?!\p{L})/iu;
const POINTS = /(?:^|\s)(?:it|that|this|them|those|его|её|ее|это|их)(?:\s|[.,!?]|$)/iu;
