import { ASKS_FROM, sentenceScore } from "./asks.ts";
import { formOf } from "./english-forms.ts";
import { isDoable, NAME, whoOf } from "./english-words.ts";
import { imperatives } from "./imperative.ts";
import { ANYONE, LISTENER, type Reading } from "./reading.ts";
import { baseOfGerund, baseOfParticiple } from "./verbs.ts";

/**
 * Who is asked to do what: "can you …", "the permit needs to be renewed", "Nora, call them", "let's …".
 * @param isListed it is an entry of a list of things to do: a command there needs no further sign
 */
export function readRequest(plain: string, isListed: boolean): Reading | null {
  const labelled = /^(?:todo|to-do|to do|action item|action|task)\s*[:—-]\s*(?<rest>.+)/iu.exec(plain)?.groups?.rest;
  if (labelled) {
    const reading = readRequest(labelled, true);
    return reading && { ...reading, sureness: 0.9 };
  }
  const form = formOf(plain);
  const score = sentenceScore(plain);
  // "Should we take A or B?" asks for an opinion.
  if (form?.isIdea && / or /u.test(plain) && /\?\W*$/u.test(plain)) return null;
  if (form?.isDoable) {
    const kind = form.isIdea ? "idea" : "request";
    return { kind, action: form.action, who: form.who, sureness: surer(form.sureness, score) };
  }
  return readPassive(plain, score) ?? readCommand(plain, isListed ? ASKS_FROM : score);
}

/** "The permit needs to be renewed by Friday", "the door needs fixing". */
function readPassive(plain: string, score: number): Reading | null {
  const match =
    /^(?<np>(?:\S+ ){0,8}?\S+) (?:still )?(?:needs? to|must|should|ha(?:s|ve) to|(?:is|are) to) be (?<part>\p{L}+)(?<rest>.*)/iu.exec(
      plain,
    ) ?? /^(?<np>(?:\S+ ){0,8}?\S+) (?:still )?needs? (?<ing>\p{L}+ing)\b(?<rest>.*)/iu.exec(plain);
  const { np = "", part, ing, rest = "" } = match?.groups ?? {};
  const verb = part ? baseOfParticiple(part.toLowerCase()) : ing ? baseOfGerund(ing.toLowerCase()) : undefined;
  const thing = np.replace(/^(?:(?:and|but|so|also|btw|ok|okay|hey|reminder|note|fyi|again|please)[,:]? )+/iu, "");
  if (
    !verb ||
    /^(?:I|we|you|he|she|they|who|what|which|there|if)\b/iu.test(thing) ||
    /\b(?:if|when|that|who|which)\b/iu.test(thing)
  )
    return null;
  return { kind: "request", action: `${verb} ${lowerFirst(thing)}${rest}`, who: ANYONE, sureness: surer(0.65, score) };
}

/** Commands: "Renew the permit", "Nora, please renew the permit", "when you are back, call Timo". */
function readCommand(plain: string, score: number): Reading | null {
  if (score < ASKS_FROM) return null;
  const bare = plain
    .replace(/(?<=(?:^|\s)(?:\p{Lu}[\p{L}'-]+|@\w+)),?\s+(?:[Pp]lease|pls|plz)\b,?/gu, ",")
    .replace(/(,?)\s*\b(?:please|pls|plz|kindly)\b,?/giu, "$1")
    .trim();
  const isPolite = bare !== plain;
  // "@nora order rubber boots": spoken to by name, even a word that could be a noun is a command.
  const isAddressed = isPolite || /^@\w+\s/u.test(bare);
  const command = imperatives(bare).find(
    ({ start, isSure, isFirst }) => (isSure || (isAddressed && isFirst)) && isDoable(bare.slice(start)),
  );
  if (!command) return null;
  const lead = bare.slice(0, command.start);
  const name = new RegExp(`(?<name>${NAME})\\s*[,:–—-]?\\s*(?:(?:also|then|just|so|and),?\\s*)*$`, "u").exec(lead)
    ?.groups?.name;
  const who = (name && whoOf(name)) || LISTENER;
  return {
    kind: "request",
    action: bare.slice(command.start),
    who,
    sureness: surer(isPolite || name ? 0.75 : 0.55, score),
  };
}

const SURELY_ASKS = 0.8;
const HARDLY_ASKS = 0.25;

/** A clear wording counts, and so does how much else in the sentence asks. */
function surer(base: number, score: number): number {
  const more = score >= SURELY_ASKS ? 0.1 : score < HARDLY_ASKS ? -0.15 : 0;
  return Math.min(0.95, Math.max(0.2, base + more));
}

function lowerFirst(text: string): string {
  return /^(?:The|A|An|Our|My|Your|This|That|These|Those|All|Some|Every|Each|Both|New|Old|His|Her|Their)\b/u.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}
