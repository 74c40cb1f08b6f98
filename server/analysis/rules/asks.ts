import { type Form, formOf } from "./english-forms.ts";
import { type Imperative, imperatives } from "./imperative.ts";
import { sentencesOf } from "./sentences.ts";

/** A sentence as the cues see it. */
type Seen = { text: string; lower: string; commands: Imperative[]; form: Form | null; words: number };

/** One thing that speaks for (or, below zero, against) a sentence that asks for something. */
type Cue = { name: string; weight: number; isIn: (sentence: Seen) => boolean };

/** Whether a text asks someone to do something, or proposes it: in any of its sentences. */
export function asksForSomething(text: string): boolean {
  return sentencesOf(text).some(({ plain }) => askScore(plain, formOf(plain)) >= ASKS_FROM);
}

/** From this score on a sentence counts as one that asks someone to do something or proposes it. */
export const ASKS_FROM = 2.25;

/**
 * How much an English sentence asks for something: the sum of the cues in it.
 * The weights were fitted to real office mail and rounded to quarters; `npm run bench -- extraction` measures them.
 * @param plain one sentence with plain quotes and spaces
 * @param form the form of asking in it
 */
export function askScore(plain: string, form: Form | null): number {
  const sentence = {
    text: plain,
    lower: plain.toLowerCase(),
    commands: imperatives(plain),
    form,
    words: plain.split(" ").length,
  };
  return CUES.reduce((sum, cue) => (cue.isIn(sentence) ? sum + cue.weight : sum), 0);
}

const has = (name: string, weight: number, pattern: RegExp): Cue => ({
  name,
  weight,
  isIn: ({ lower }) => pattern.test(lower),
});
const commands = (name: string, weight: number, test: (command: Imperative, sentence: Seen) => boolean): Cue => ({
  name,
  weight,
  isIn: (sentence) => sentence.commands.some((command) => test(command, sentence)),
});

const START = "(?:^|[,.:;!?-] |\\b(?:and|so|also|or|if|but|then|ok|okay|maybe|yes|well|hey) )";
const TO_PEOPLE =
  /^(?:answer|ask|call|contact|discuss|drop|e-mail|email|fax|forward|get|give|join|let|meet|message|page|phone|ping|reply|respond|return|ring|send|share|speak|talk|tell|text|write)$/u;

const CUES: Cue[] = [
  // Politeness, and the politeness of printed notices.
  has("please", 3, /\b(?:please|pls|plz|kindly)\b/u),
  has("please at the start", 0.75, /^(?:please|pls|plz|kindly)\b/u),
  has("if …, please", -2.25, /\b(?:if|when|once)\b.*\b(?:please|pls)\b/u),
  has(
    "please click",
    -0.75,
    /\b(?:please|pls),? (?:just |simply )?(?:add|check|click|download|enter|follow|go|log|move|read|refer|see|sign|update|use|view|visit)\b/u,
  ),
  {
    name: "please … link",
    weight: -0.5,
    isIn: ({ lower }) => /\bplease\b/u.test(lower) && /\$link|https?:|www\.|click|below|@\w/u.test(lower),
  },
  has("to please", -1, /\b(?:to|will) please\b|\bplease (?:every|just about|your)/u),
  has("to ensure …", -1.5, /^to (?:ensure|make sure|help)\b/u),
  has("to …, do", 1.25, /^(?:to|in order to|for)\b/u),
  has("thanks", -1, /\b(?:thanks|thank you|thx)\b/u),
  has("appreciate", 1.25, /\b(?:appreciate|grateful|thankful)\b.*\b(?:if|your|you|it)\b/u),

  // Questions that ask for a deed.
  has(
    "can you, as the start",
    1.5,
    new RegExp(
      `${START}(?:can|could|would|will|can't|couldn't|won't|wouldn't) (?:you|u|ya|y'all|someone|somebody|anyone|anybody|one of you)\\b`,
      "u",
    ),
  ),
  has(
    "how about",
    1,
    /\b(?:how|what) about\b|\bwhy (?:don't|not|do not)\b|\bwhat do you (?:think|say)\b|\bany (?:ideas|thoughts|interest|suggestions)\b/u,
  ),
  has(
    "is it possible",
    1,
    /\bpossible (?:to|for|that)\b|\b(?:is it|would it be|will it be) possible\b|\bany chance\b|\b(?:do|would) you mind\b|\bif you (?:don't|do not) mind\b/u,
  ),
  has("wondering if", 0.75, /\bwonder(?:ed|ing)? (?:if|whether|about)\b/u),
  has(
    "are you, did you",
    1.25,
    new RegExp(
      `${START}(?:are|do|did|have|were|was|is|has|does|had|don't|didn't|haven't|aren't) (?:you|u|your|y'all)\\b`,
      "u",
    ),
  ),
  has("ends with a question mark", 2, /\?\W*$/u),
  has("you think", 1, /\byou think\b/u),

  // A form of words that names a deed, or only sounds like it.
  { name: "form", weight: 1.25, isIn: ({ form }) => form?.isDoable === true },
  { name: "hollow form", weight: 0.75, isIn: ({ form }) => form?.isDoable === false },

  // Proposals.
  has("let me …", -1.5, /\blet me (?!know|have|see|in on|get)\w+/u),
  has("we could", 0.5, /\b(?:we|you and i|i) (?:can|could|might)\b/u),
  has(
    "I suggest",
    0.75,
    /\b(?:i|we|i'd|we'd)(?:'d| would| also| just| strongly)? (?:suggest|recommend|propose|advise|urge|request|insist)\b|\bmy (?:suggestion|recommendation|proposal)\b/u,
  ),
  has(
    "would be good if",
    1,
    /\b(?:be|is) (?:very |really |so |most |extremely )?(?:great|good|nice|helpful|useful|best|better|fun|appreciated|wonderful|cool)\b.*\b(?:if|to)\b/u,
  ),
  has(
    "would like to meet",
    0.75,
    /\b(?:would|'d) (?:like|love|be happy|be glad|be able|want) to (?:\w+ )?(?:meet|discuss|talk|speak|chat|see|get|hear|know|have|schedule|invite|set)\b/u,
  ),
  has(
    "you are welcome to",
    0.75,
    /\b(?:welcome to|love for you to|like you to|want you to|have you join|love to have|happy to have|invit(?:e|ing) you|join us|come (?:with|by|over)|(?:stop|drop|swing) by|help (?:me|us))\b/u,
  ),
  has("glad to", 1.25, /\b(?:glad|happy) to\b/u),

  // What is needed, and what you could do.
  has(
    "I need",
    0.75,
    /\b(?:i|we)(?:'ll| will| do| really| also| still| just| would)? (?:need|want|require|request|ask|urge|recommend|suggest|propose|invite|encourage|advise)\b/u,
  ),
  has("need", 0.75, /\bneeds?\b/u),
  has(
    "you should",
    0.25,
    /\byou(?: \w+)? (?:should|need to|must|have to|might want to|may want to|ought to|better|might consider|want to)\b/u,
  ),
  has("you can", 0.5, /\byou(?: \w+)? (?:can|could|may|might)\b/u),
  has("can", 0.5, /\b(?:can|could)\b/u),
  has("would", 0.75, /\bwould\b/u),
  has("if", 1, /\bif\b/u),
  has("if you", -1, /\bif (?:you|u)\b/u),
  has("know", 0.5, /\bknow\b/u),
  has("I will", 0.5, /\b(?:i|we)(?:'ll| will| shall)\b/u),
  has("I will call you", 0.75, /\b(?:i|we)(?:'ll| will| shall)(?: \w+)? (?:call|meet|join|talk|speak|discuss|give)\b/u),

  // Commands.
  commands("a command at the start", 1, (command) => command.isFirst && command.isSure),
  commands("a command later on", 1, (command) => !command.isFirst && command.isSure),
  commands("a command to turn to people", 0.5, (command) => TO_PEOPLE.test(command.verb)),
  commands("a command about me or it", 0.25, (command, { lower }) =>
    /^\S+ (?:me|us|him|her|them|it|this|that)\b/u.test(lower.slice(command.start)),
  ),
  commands("a whole sentence as a command", 0.5, (command, { text }) => command.isFirst && /\.\W*$/u.test(text)),
  commands(
    "a command to click",
    -0.5,
    (command, { lower }) => command.isFirst && /\$link|https?:|www\.|click|below/u.test(lower),
  ),

  // What people ask each other for.
  has("meet", 1.75, /\b(?:meet|get together|catch up|discuss|chat|talk|conference call|sit down|visit)\b/u),
  has("discuss", 1, /\bdiscuss(?:ion)?\b/u),
  has("meeting", 0.75, /\bmeeting\b/u),
  has("lunch", 1, /\b(?:lunch|dinner|breakfast|drinks?|coffee|party|happy hour|beers?|movie|golf)\b/u),
  has("call", 0.75, /\bcall\b/u),
  has("a call", 1.25, /\b(?:a|the|your|conference|phone) call\b|\ba (?:ring|shout)\b/u),
  has(
    "schedule",
    1,
    /\b(?:schedule|reschedule|set up|arrange|appointment|calendar|rsvp|invite|invitation|attend|join)\b/u,
  ),
  has("a minute", 1, /\b(?:quick|quickly|brief|a (?:minute|moment|second|chance|few minutes))\b/u),
  has("check", 0.5, /\bcheck\b/u),
  has(
    "a day",
    0.75,
    /\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|today|next week|this week|weekend|this (?:morning|afternoon|evening))\b/u,
  ),
  has("free", 0.5, /\b(?:open|free|works?|around)\b/u),
  has("any", 0.5, /\bany\b/u),

  // Who speaks of whom.
  has("you", 0.5, /\b(?:you|u|ya)\b/u),
  has("me", 0.75, /\bme\b/u),
  has("about others", -0.5, /\b(?:he|she|they|him|her|them)\b/u),
  has("starts with he, this, the", -1.25, /^(?:he|she|it|they|this|that|there|the|these|those)\b/u),
  has("in the past", -0.5, /\b(?:been|was|were|had|did|said|got|made|went|came|took|tried|trying)\b/u),
  has("in general", -0.75, /\b(?:all|every|most|always|even|people|everyone)\b/u),
  has("help", -0.5, /\bhelps?\b/u),

  // Notices, newsletters and mailings.
  has("have questions", -1.5, /\b(?:have|any) (?:any |further |other |more )*questions?\b/u),
  has(
    "address book",
    -1.25,
    /\b(?:address book|safe sender|white ?list|safe list|contacts? list|inbox|to your contacts)\b/u,
  ),
  has(
    "unsubscribe",
    -0.75,
    /\b(?:unsubscribe|opt[- ]out|no longer (?:wish|want|receive)|stop receiving|mailing list|preferences|notifications|newsletter)\b/u,
  ),
  { name: "long", weight: -0.5, isIn: ({ words }) => words > 30 },
  { name: "of a usual length", weight: 0.25, isIn: ({ words }) => words > 4 && words <= 12 },
];
