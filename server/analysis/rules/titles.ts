import { shortened } from "../extraction/clean.ts";
import { baseOfGerund } from "./verbs.ts";

/** Names to put where the sentence has "me" and "you"; null where nobody is known. */
export type Voices = { me: string | null; you: string | null };

const LONGEST = 80;

/**
 * What is to be done, as a phrase that a person would write on a list, in lower case: without courtesies, reasons and the day.
 * @param action from the verb on: "send me the list by Friday, thanks!"
 * @param dueWords the words that name the day, to leave out
 */
export function shapePhrase(action: string, voices: Voices, dueWords: string | null): string {
  let phrase = action;
  if (dueWords) phrase = withoutDue(phrase, dueWords);
  phrase = phrase
    .replace(/\s*\((?:[^()]*)\)?\s*[.!?]*$/u, "")
    .replace(
      /,?\s*(?<!\p{L})(?:please|pls|plz|kindly|thanks|thank you|thx|cheers|asap|ok|okay|пожалуйста|плиз|плз|спасибо|срочно)(?!\p{L})(?=[\s,.!?]|$)/giu,
      "",
    )
    .replace(/^(?:also|just|maybe|quickly|all|both|then|please|perhaps)\s+/iu, "");
  phrase = untilClause(phrase)
    .replace(/\$LINK/gu, "")
    .replace(/\s+(?:when|if|once) (?:you|u) (?:get|have|can|find|could)\b.*$/iu, "")
    .replace(/,?\s+(?:too|as well|though|тоже|также)\s*[.!?]*$/iu, "");
  if (voices.me) phrase = phrase.replace(/\bme\b/giu, voices.me).replace(/\bmy\b/giu, `${voices.me}'s`);
  if (voices.you) phrase = phrase.replace(/\byour\b/giu, `${voices.you}'s`).replace(/\byou\b/giu, voices.you);
  phrase = tidy(phrase);
  return /^\p{Lu}(?!\p{Lu})/u.test(phrase) ? phrase.charAt(0).toLowerCase() + phrase.slice(1) : phrase;
}

/** A title from a phrase: a capital letter, no full stop, at most 80 characters, cut between words. */
export function asTitle(phrase: string): string {
  const whole = tidy(phrase);
  const comma = whole.slice(0, LONGEST).lastIndexOf(", ");
  // Rather a whole clause than half of the next one.
  const short = whole.length > LONGEST && comma > LONGEST / 2 ? whole.slice(0, comma) : shortened(whole, LONGEST);
  return short.charAt(0).toUpperCase() + short.slice(1);
}

/** A sentence as the title of a fact: without the words that only lead in to it, and with a name for "I am". */
export function factTitle(sentence: string, author: string | null): string {
  const bare = sentence
    .replace(/\$LINK/gu, "")
    .replace(
      /^(?:new |known |big |another )*(?:risks?|blockers?|blocked|problem|issue|bug|incident|requirements?|solution|fix|workaround|root cause|insight|lessons? learn(?:ed|t)|til|good to know)(?: (?:from|of|by)(?: the)?(?: \p{L}+){1,3})?\s*:\s*/iu,
      "",
    )
    .replace(LEAD_IN, "")
    .replace(OPENER, "")
    .replace(/^(?:fixed|solved|resolved|repaired)(?: it| this| that)? by (?=\p{L}+ing\b)/iu, CURED_BY)
    .replace(/,?\s*(?:please|thanks|thank you|пожалуйста|спасибо)[.!]*$/iu, "");
  const named = bare.startsWith(CURED_BY)
    ? withoutGerunds(bare.slice(CURED_BY.length))
    : author
      ? bare.replace(/^(?:I'm|I am)\b/u, `${author} is`).replace(/^I've\b/u, `${author} has`)
      : bare;
  // ", it fails every time" goes on about the same; what is left must still say something.
  const [first = named] = named.split(named.length > LONGEST ? /:\s+(?=\p{Ll})/u : MORE_OF_SAME);
  return asTitle(first.split(" ").length >= 4 ? first : named);
}

/** Stands where "fixed by" stood: no text has it, because control characters are none that are read. */
const CURED_BY = "\u0001";

/** "putting a boot over it and sealing it" → "put a boot over it and seal it". */
function withoutGerunds(text: string): string {
  return text.replace(/(?<=^|\b(?:and|then) )\p{L}+ing\b/giu, (gerund) => baseOfGerund(gerund.toLowerCase()) ?? gerund);
}

/** Words that say what kind of fact comes, as the note's type does. */
const OPENER =
  /^(?:(?:it )?turns out(?: that)?|it turned out(?: that)?|there(?:'s| is) a (?:big |real |small )?(?:risk|chance|danger) that|the (?:risk|problem|issue|point|reason|root cause) is(?: that)?|i(?:'m| am) (?:worried|afraid|concerned) that|what about|how about|оказалось,? что|есть риск,? что|боюсь,? что|проблема в том,? что|причина в том,? что)\s+/iu;
const MORE_OF_SAME =
  /,\s+(?=(?:it|it's|they|which|this|that|so|because|i think|i guess|looks like|похоже|кажется|и это|это|он|она|они|котор\p{L}+|поэтому|потому)(?!\p{L}))/iu;

/** "That blocks the refund of the school group" → "the refund of the school group"; null where nothing is named. */
export function blockedBy(plain: string): string | null {
  return BLOCKED.exec(plain)?.groups?.thing ?? null;
}

const BLOCKED =
  /^(?:(?:and|so|also) )?(?:that|this|it)(?:'s| is)?(?: also| still| now)? block(?:s|ing) (?<thing>(?:the|our|all|every|both|any) [^,.;:!?]+)/iu;

/** "Cleaning it helped", after "turns out the strainer was full of weed" → "Cleaning the strainer helped". */
export function withCause(plain: string, cause: string): string {
  const thing = CAUSE.exec(cause)?.groups?.thing;
  return thing ? plain.replace(/(?<=^\p{L}+ing )(?:it|them|that|this)\b/iu, thing) : plain;
}

const CAUSE =
  /\bturn(?:s|ed) out(?: that)? (?<thing>(?:the|our|an?|one of the) (?:[\p{L}-]+ ){0,4}?[\p{L}-]+) (?:was|is|were|are|had|has)\b/iu;

/** The words of a decision as a title: "decided to ship it" → "Ship it". */
export function decisionTitle(what: string): string {
  const bare = what
    .replace(/^(?:not to|against)\s+/iu, "do not ")
    .replace(/^(?:to|that|on|for|in favou?r of|:|,|что|чтобы|на)\s+/iu, "")
    .replace(/^(?:(?:going|sticking|staying) (with|to)) /iu, "use ")
    .replace(/^going to /iu, "")
    .replace(/^(?:going|go) for /iu, "use ")
    .replace(/^(?:go|went|stick|stay) with /iu, "use ")
    .replace(/^(?:chose|chosen|picked|settled on|settled for) /iu, "use ")
    .replace(/^we(?:'ll| will| are going to)? /iu, "");
  return asTitle(untilClause(bare));
}

/** Without the words behind which a sentence turns to reasons, conditions or another matter. */
function untilClause(phrase: string): string {
  const end = CLAUSE.exec(phrase);
  return end && phrase.slice(0, end.index).trim().split(/\s+/u).length >= 2 ? phrase.slice(0, end.index) : phrase;
}

const CLAUSE =
  /(?<!(?:^|\s)(?:mrs?|ms|dr|st|nr|no|vs|approx|e\.g|i\.e|т\.е|ул|г|д))[.!?]+(?:\s|$)|(?:[,;]|\s[-–—]+)\s+(?=(?:and (?:then|i|we|it|he|she|they)|but|it|it's|its|i|i'm|i'll|we|we're|they|he|she|the|this|that|there|these|which|who|as|since|because|so|just|even|or|otherwise|if|when|once|will you|would you|could you|can you|ok|right|deal|а|и|но|или|это|он|она|они|мы|я|там|тогда|чтобы|потому|иначе|если|когда|которы\p{L})(?!\p{L}))|\s+(?:because|since (?:we|i|it|the|they|he|she)|so that|so (?:we|i|they|it)|otherwise|as (?:it|we|i|they|he|she)|in case|потому что|так как|чтобы)(?!\p{L})|\s[–—]\s|:\s+(?=\p{Lu})/iu;

const LEAD_IN =
  /^(?:(?:so|ok|okay|well|hey|hi|hello|(?:guys|all|team|folks)(?=\s*[,:!])|also|and|but|btw|fyi|fwiw|imho|unfortunately|sadly|actually|honestly|basically|apparently|note that|just saw that|it (?:seems|looks)(?: like| that)?|i (?:think|guess|believe|see|noticed)(?: that)?|ну|а|и|но|ещё|еще|кстати|ребята|коллеги|всем привет|привет|похоже|кажется|к сожалению)(?!\p{L})[\s,:;!.-]*)+/iu;

/** The day is told apart from the title; in the middle of a phrase it stays, because the rest hangs on it. */
function withoutDue(phrase: string, dueWords: string): string {
  const at = phrase.toLowerCase().indexOf(dueWords.toLowerCase());
  const after = phrase.slice(at + dueWords.length);
  const isAtEnd =
    /^\s*(?:$|[.,;:!?)–—-]|(?:please|pls|thanks|so|because|and|but|or|if|at|пожалуйста|чтобы|и|а)(?!\p{L}))/iu.test(
      after,
    );
  if (at === -1 || (at > 0 && !isAtEnd)) return phrase;
  return `${phrase.slice(0, at).trimEnd()} ${after.trimStart()}`;
}

function tidy(text: string): string {
  return text
    .replace(/\s+/gu, " ")
    .replace(/\s+([,.;:!?])/gu, "$1")
    .replace(/^[\s,;:.!?–—-]+/u, "")
    .replace(/[\s,;:.!–—-]+$/u, "")
    .replace(/\s+["“(]$/u, "")
    .replace(/\s+(?:and|or|but|so|to|by|on|for|with|и|или|но|до|к)$/iu, "");
}
