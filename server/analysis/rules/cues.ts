import { formOf } from "./english-forms.ts";
import { type Imperative, imperatives } from "./imperative.ts";

/** A sign in a sentence that somebody is asked for something, or is not. `start` and `end` are offsets into the lower-case text. */
export type Sign = { name: string; start: number; end: number };

/** A sentence as the cues see it. */
type Seen = { text: string; lower: string; commands: Imperative[]; form: boolean | null; words: number };

/** Something to look for in a sentence; what it means is learned. The words that show it, where there are any, explain a judgement. */
type Cue = { name: string; find: (sentence: Seen) => Span | null };
type Span = { start: number; end: number };

/**
 * The signs in an English text: politeness, forms of asking, commands, what people ask each other for, the language of mailings.
 * @param text one or a few sentences with plain quotes and spaces
 */
export function signsIn(text: string): Sign[] {
  const seen = {
    text,
    lower: text.toLowerCase(),
    commands: imperatives(text),
    form: formOf(text)?.isDoable ?? null,
    words: text.split(" ").length,
  };
  return CUES.flatMap(({ name, find }) => {
    const span = find(seen);
    return span ? [{ name, ...span }] : [];
  });
}

/** A sign without words of its own. */
const NOWHERE: Span = { start: 0, end: 0 };
const whole = (isIn: boolean): Span | null => (isIn ? NOWHERE : null);

const has = (name: string, pattern: RegExp): Cue => ({
  name,
  find: ({ lower }) => {
    const match = pattern.exec(lower);
    return match && { start: match.index, end: match.index + match[0].length };
  },
});
const commands = (name: string, test: (command: Imperative, sentence: Seen) => boolean): Cue => ({
  name,
  find: (sentence) => {
    const command = sentence.commands.find((found) => test(found, sentence));
    return command ? { start: command.start, end: command.start + command.verb.length } : null;
  },
});

const START = "(?:^|[,.:;!?-] |\\b(?:and|so|also|or|if|but|then|ok|okay|maybe|yes|well|hey) )";
const TO_PEOPLE =
  /^(?:answer|ask|call|contact|discuss|drop|e-mail|email|fax|forward|get|give|join|let|meet|message|page|phone|ping|reply|respond|return|ring|send|share|speak|talk|tell|text|write)$/u;

const CUES: Cue[] = [
  // Politeness, and the politeness of printed notices.
  has("please", /\b(?:please|pls|plz|kindly)\b/u),
  has("please at the start", /^(?:please|pls|plz|kindly)\b/u),
  has("if …, please", /\b(?:if|when|once)\b.*\b(?:please|pls)\b/u),
  has(
    "please click",
    /\b(?:please|pls),? (?:just |simply )?(?:add|check|click|download|enter|follow|go|log|move|read|refer|see|sign|update|use|view|visit)\b/u,
  ),
  {
    name: "please … link",
    find: ({ lower }) => whole(/\bplease\b/u.test(lower) && /\$link|https?:|www\.|click|below|@\w/u.test(lower)),
  },
  has("to please", /\b(?:to|will) please\b|\bplease (?:every|just about|your)/u),
  has("to ensure …", /^to (?:ensure|make sure|help)\b/u),
  has("to …, do", /^(?:to|in order to|for)\b/u),
  has("thanks", /\b(?:thanks|thank you|thx)\b/u),
  has("appreciate", /\b(?:appreciate|grateful|thankful)\b.*\b(?:if|your|you|it)\b/u),

  // Questions that ask for a deed.
  has(
    "can you, as the start",
    new RegExp(
      `${START}(?:can|could|would|will|can't|couldn't|won't|wouldn't) (?:you|u|ya|y'all|someone|somebody|anyone|anybody|one of you)\\b`,
      "u",
    ),
  ),
  has(
    "how about",
    /\b(?:how|what) about\b|\bwhy (?:don't|not|do not)\b|\bwhat do you (?:think|say)\b|\bany (?:ideas|thoughts|interest|suggestions)\b/u,
  ),
  has(
    "is it possible",
    /\bpossible (?:to|for|that)\b|\b(?:is it|would it be|will it be) possible\b|\bany chance\b|\b(?:do|would) you mind\b|\bif you (?:don't|do not) mind\b/u,
  ),
  has("wondering if", /\bwonder(?:ed|ing)? (?:if|whether|about)\b/u),
  has(
    "are you, did you",
    new RegExp(
      `${START}(?:are|do|did|have|were|was|is|has|does|had|don't|didn't|haven't|aren't) (?:you|u|your|y'all)\\b`,
      "u",
    ),
  ),
  has("ends with a question mark", /\?\W*$/u),
  has("you think", /\byou think\b/u),

  // A form of words that names a deed, or only sounds like it.
  { name: "form", find: ({ form }) => whole(form === true) },
  { name: "hollow form", find: ({ form }) => whole(form === false) },

  // Proposals.
  has("let me …", /\blet me (?!know|have|see|in on|get)\w+/u),
  has("we could", /\b(?:we|you and i|i) (?:can|could|might)\b/u),
  has(
    "I suggest",
    /\b(?:i|we|i'd|we'd)(?:'d| would| also| just| strongly)? (?:suggest|recommend|propose|advise|urge|request|insist)\b|\bmy (?:suggestion|recommendation|proposal)\b/u,
  ),
  has(
    "would be good if",
    /\b(?:be|is) (?:very |really |so |most |extremely )?(?:great|good|nice|helpful|useful|best|better|fun|appreciated|wonderful|cool)\b.*\b(?:if|to)\b/u,
  ),
  has(
    "would like to meet",
    /\b(?:would|'d) (?:like|love|be happy|be glad|be able|want) to (?:\w+ )?(?:meet|discuss|talk|speak|chat|see|get|hear|know|have|schedule|invite|set)\b/u,
  ),
  has(
    "you are welcome to",
    /\b(?:welcome to|love for you to|like you to|want you to|have you join|love to have|happy to have|invit(?:e|ing) you|join us|come (?:with|by|over)|(?:stop|drop|swing) by|help (?:me|us))\b/u,
  ),
  has("glad to", /\b(?:glad|happy) to\b/u),

  // What is needed, and what you could do.
  has(
    "I need",
    /\b(?:i|we)(?:'ll| will| do| really| also| still| just| would)? (?:need|want|require|request|ask|urge|recommend|suggest|propose|invite|encourage|advise)\b/u,
  ),
  has("need", /\bneeds?\b/u),
  has(
    "you should",
    /\byou(?: \w+)? (?:should|need to|must|have to|might want to|may want to|ought to|better|might consider|want to)\b/u,
  ),
  has("you can", /\byou(?: \w+)? (?:can|could|may|might)\b/u),
  has("can", /\b(?:can|could)\b/u),
  has("would", /\bwould\b/u),
  has("if", /\bif\b/u),
  has("if you", /\bif (?:you|u)\b/u),
  has("know", /\bknow\b/u),
  has("I will", /\b(?:i|we)(?:'ll| will| shall)\b/u),
  has("I will call you", /\b(?:i|we)(?:'ll| will| shall)(?: \w+)? (?:call|meet|join|talk|speak|discuss|give)\b/u),

  // Commands.
  commands("a command at the start", (command) => command.isFirst && command.isSure),
  commands("a command later on", (command) => !command.isFirst && command.isSure),
  commands("a command to turn to people", (command) => TO_PEOPLE.test(command.verb)),
  commands("a command about me or it", (command, { lower }) =>
    /^\S+ (?:me|us|him|her|them|it|this|that)\b/u.test(lower.slice(command.start)),
  ),
  commands("a whole sentence as a command", (command, { text }) => command.isFirst && /\.\W*$/u.test(text)),
  commands(
    "a command to click",
    (command, { lower }) => command.isFirst && /\$link|https?:|www\.|click|below/u.test(lower),
  ),

  // What people ask each other for.
  has("meet", /\b(?:meet|get together|catch up|discuss|chat|talk|conference call|sit down|visit)\b/u),
  has("discuss", /\bdiscuss(?:ion)?\b/u),
  has("meeting", /\bmeeting\b/u),
  has("lunch", /\b(?:lunch|dinner|breakfast|drinks?|coffee|party|happy hour|beers?|movie|golf)\b/u),
  has("call", /\bcall\b/u),
  has("a call", /\b(?:a|the|your|conference|phone) call\b|\ba (?:ring|shout)\b/u),
  has(
    "schedule",
    /\b(?:schedule|reschedule|set up|arrange|appointment|calendar|rsvp|invite|invitation|attend|join)\b/u,
  ),
  has("a minute", /\b(?:quick|quickly|brief|a (?:minute|moment|second|chance|few minutes))\b/u),
  has("check", /\bcheck\b/u),
  has(
    "a day",
    /\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|today|next week|this week|weekend|this (?:morning|afternoon|evening))\b/u,
  ),
  has("free", /\b(?:open|free|works?|around)\b/u),
  has("any", /\bany\b/u),

  // Who speaks of whom.
  has("you", /\b(?:you|u|ya)\b/u),
  has("me", /\bme\b/u),
  has("about others", /\b(?:he|she|they|him|her|them)\b/u),
  has("starts with he, this, the", /^(?:he|she|it|they|this|that|there|the|these|those)\b/u),
  has("in the past", /\b(?:been|was|were|had|did|said|got|made|went|came|took|tried|trying)\b/u),
  has("in general", /\b(?:all|every|most|always|even|people|everyone)\b/u),
  has("help", /\bhelps?\b/u),

  // Notices, newsletters and mailings.
  has("have questions", /\b(?:have|any) (?:any |further |other |more )*questions?\b/u),
  has("address book", /\b(?:address book|safe sender|white ?list|safe list|contacts? list|inbox|to your contacts)\b/u),
  has(
    "unsubscribe",
    /\b(?:unsubscribe|opt[- ]out|no longer (?:wish|want|receive)|stop receiving|mailing list|preferences|notifications|newsletter)\b/u,
  ),
  { name: "long", find: ({ words }) => whole(words > 30) },
  { name: "of a usual length", find: ({ words }) => whole(words > 4 && words <= 12) },
];
