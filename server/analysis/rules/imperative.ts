import { isActionVerb, isAlsoNoun } from "./verbs.ts";

/** Where in a sentence someone is told to do something. `start` and `end` are offsets into the text given. */
export type Imperative = { verb: string; start: number; isFirst: boolean; isSure: boolean };

/** Words before a command that are not part of it: "also, ", "then ", "Jim, ", "so please ". */
const LEAD =
  /^(?:(?:and|but|so|or|also|then|now|just|first|second|finally|next|instead|otherwise|again|meanwhile|however|additionally|in addition|alternatively|in the meantime|for now|ok|okay|yes|no|well|hey|hi|hello|dear|guys|folks|all|everyone|everybody|team|people|anyway|btw|fyi|nb|ps|todo|reminder|note|important|urgent|simply|kindly|please|pls|plz|do(?! not\b)|always|maybe|perhaps|quickly|definitely|either)\b[\s,:;!.-]*)+/iu;

/** "Jim, ", "Dear Ann:", "@timo ": someone is addressed. */
const VOCATIVE =
  /^(?:(?:hi|hello|hey|dear|thanks|ok)\s+)?(?:@[\w.]+(?:(?:\s*,\s*|\s+)(?:and\s+)?@[\w.]+)*|\p{Lu}[\p{L}'.-]+(?:\s+(?:and|&|\/)\s+\p{Lu}[\p{L}'.-]+|\s+\p{Lu}[\p{L}'.-]+)?)\s*(?:[,:!–—-]+)\s+|^@[\w.]+\s+/u;

/** What may follow a word that is also a noun when it is a command: "Call me", "Check the", "Update your", "Email Timo". */
const OBJECT =
  /^(?:\s+(?:me|us|him|her|them|it|you|this|that|these|those|the|a|an|my|our|your|his|their|its|all|any|each|every|everyone|everything|both|some|one|two|if|whether|with|on|in|at|for|to|from|by|up|out|off|over|back|down|into|about|as|and|below|here|now|what|when|where|how|who|why|more|again|asap|today|tomorrow|only|please|not|no|through|around|ahead|away|@[\w.]+)\b|\s+\p{Lu}[\p{L}]+|\s+["'#\d]|\s+\S+ly\b)/u;
/** What cannot follow a command: the word was a subject. */
const SUBJECT =
  /^(?:\s*:|\s+(?:is|are|was|were|has|have|had|will|would|can|could|should|may|might|must|does|did|do|of|who|which|and i)\b)/iu;

/** The commands in a sentence: at its start, and after a comma, a semicolon, a dash or an "and". */
export function imperatives(text: string): Imperative[] {
  const found: Imperative[] = [];
  for (const { start, isFirst, isAfterAnd } of clauses(text)) {
    const clause = text.slice(start);
    const match = /^(?:(do not|don't|dont|never|go ahead and)\s+)?(\p{L}[\p{L}:-]*)/iu.exec(clause);
    if (!match?.[2]) continue;
    const verb = match[2].toLowerCase();
    const after = clause.slice(match[0].length);
    if (!isActionVerb(verb) || SUBJECT.test(after)) continue;
    const hasObject = OBJECT.test(after) || /^\s*[.!]*$/u.test(after);
    // After "and" a verb is often the second verb of a statement: "I called and left a message".
    if (isAfterAnd && !/^\s+(?:me|us|it|the|this|your|if|them)\b/u.test(after)) continue;
    found.push({ verb, start, isFirst, isSure: Boolean(match[1]) || !isAlsoNoun(verb) || hasObject });
  }
  return found;
}

/** Where commands may begin. */
function clauses(text: string): { start: number; isFirst: boolean; isAfterAnd: boolean }[] {
  const starts = [{ start: skipLead(text, 0), isFirst: true, isAfterAnd: false }];
  for (const match of text.matchAll(/(?:[,;:–—!?]|\s-+|\.{2,}|\))\s+|\s+(?:and|or|then|so|but)\s+/giu)) {
    const at = match.index + match[0].length;
    starts.push({ start: skipLead(text, at), isFirst: false, isAfterAnd: /\p{L}/u.test(match[0]) });
  }
  return starts;
}

function skipLead(text: string, start: number): number {
  let at = start;
  for (let rest = text.slice(at), before = -1; before !== at; rest = text.slice(at)) {
    before = at;
    const skipped = LEAD.exec(rest) ?? (start === 0 ? VOCATIVE.exec(rest) : null);
    if (skipped) at += skipped[0].length;
  }
  return at;
}
