import { FINISH } from "./completion.ts";
import { isEmptyWord, isNear, isVague, type Item, type Said, wordsOf } from "./items.ts";

/** A deed and the thing that it is done to, by the beginnings of their words; the last word of the thing says what it is. */
type Deed = { verb: string; thing: Set<string>; head: string };

/** "The permit is filed": nothing is left of the task that it speaks of; of several, what its author took, else the last. */
export function settle(items: Item[], one: Said): void {
  const done = items.filter((item) => isDoneBy(item, one) && !isAgreedIdea(item));
  const target = done.findLast(({ owner }) => owner?.name === one.message.author.name) ?? done.at(-1);
  if (target) target.isSettled = true;
}

/** What was agreed on is a decision, and stays one when it is done. */
function isAgreedIdea({ root, agreed, owner }: Item): boolean {
  return root.reading.kind === "idea" && agreed.size > 0 && owner === null;
}

/** What the author promised just before without being asked. */
export function ownTask(items: Item[], one: Said): Item | undefined {
  return items.findLast(
    (item) =>
      item.type === "task" &&
      !item.isSettled &&
      item.root.at < one.at &&
      isNear(item, one) &&
      item.owner?.name === one.message.author.name,
  );
}

/**
 * Whether what someone says is done ("the permit is filed") is what was asked or promised: the same thing and a deed that fits. A reply
 * need not name the thing, and who took the task may say "it", or nothing.
 */
function isDoneBy(item: Item, one: Said): boolean {
  if (item.type !== "task" || item.isSettled || item.root.at >= one.at) return false;
  const done = deedOf(one.reading.action, one);
  const asked = item.said
    .filter(({ reading }) => reading.action !== "")
    .map((said) => deedOf(said.reading.action, said));
  const root = deedOf(item.root.reading.action, item.root);
  const fits = asked.some(({ verb }) => isSameDeed(verb, done.verb)) || isVague(item.root.reading.action);
  if (!fits) return false;
  const isReply =
    one.message.replyTo !== null && item.said.some(({ message }) => message.label === one.message.replyTo);
  if (done.thing.size === 0) return isReply || (isNear(item, one) && item.owner?.name === one.message.author.name);
  if (isReply) return done.verb === root.verb || done.thing.intersection(root.thing).size > 0;
  // "Can you take a look?" is about the fault that it follows.
  if (isVague(item.root.reading.action) || root.thing.size === 0)
    return isMending(done.verb) && done.thing.isSubsetOf(item.about.union(wordsOf(item.context ?? "")));
  return isSameThing(root, done, one.language === "ru");
}

/** "Permit" and "the harbour permit" are the same, "pier 3" and "pier 4" are not, "the readers" are not "boots for the readers". */
function isSameThing(asked: Deed, done: Deed, isRussian: boolean): boolean {
  const isPart = asked.thing.isSubsetOf(done.thing) || done.thing.isSubsetOf(asked.thing);
  return asked.thing.size > 0 && isPart && (isRussian || asked.head === done.head);
}

function isMending(verb: string): boolean {
  return verb === FINISH || MENDING.has(verb) || /^(?:исправ|почин)/u.test(verb);
}

function isSameDeed(asked: string, done: string): boolean {
  if (done === FINISH || asked === done) return true;
  if (/\p{Script=Cyrillic}/u.test(done)) {
    const length = Math.min(4, done.length, asked.length);
    return length >= 3 && asked.slice(0, length) === done.slice(0, length);
  }
  return (MENDING.has(asked) && MENDING.has(done)) || (MAKING.has(asked) && HANDING_OUT.has(done));
}

/** "order rubber boots for the other readers" → order, rubber boots. */
function deedOf(action: string, { due }: Said): Deed {
  const words =
    (due ? action.replace(due.words, " , ") : action).toLowerCase().match(/[\p{L}\d][\p{L}\d-]*|[.,;:!?]/gu) ?? [];
  const [verb = "", ...rest] = words;
  const end = rest.findIndex((word, at) => STOP.test(word) && (at > 0 || !PARTICLE.test(word)));
  const named = (end === -1 ? rest : rest.slice(0, end)).filter(
    (word) => !EMPTY.has(word) && !isEmptyWord(word) && (word.length > 2 || /\d/u.test(word)),
  );
  const stems = named.map((word) => (word.length > 4 ? word.replace(/s$/u, "") : word).slice(0, 5));
  return { verb, thing: new Set(stems), head: stems.findLast((word) => /\p{L}/u.test(word)) ?? "" };
}

const PARTICLE = /^(?:up|off|out|back|down|in|on)$/u;
const STOP =
  /^(?:[.,;:!?]|for|to|with|without|from|at|on|in|into|of|by|before|after|until|about|as|via|under|than|so|because|this|tonight|today|tomorrow|yesterday|для|с|со|на|в|во|к|ко|из|от|до|по|о|об|у|за|при|перед|номер)$/u;
const EMPTY = new Set(
  `new old spare whole other both again too now already please asap here there first back them these those everything something
  another more more his her him she they who own it he we me us mine yours number reference новый новая новые его это этот эту всё уже`.split(
    /\s+/u,
  ),
);
const MENDING = new Set("fix repair solve resolve mend patch debug investigate address handle restore look".split(" "));
/** What is made is done once it is handed out. */
const MAKING = new Set(
  "prepare write draft make create build add implement finish design renew fix finalise finalize".split(" "),
);
const HANDING_OUT = new Set("send publish deploy merge release ship file submit upload deliver".split(" "));
