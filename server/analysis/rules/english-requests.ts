import { askScore, ASKS_FROM } from "./asks.ts";
import { isDoable, NAME, PEOPLE, SOFT, whoOf } from "./english-words.ts";
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
  const score = askScore(plain);
  for (const { pattern, sureness, kind } of FORMS) {
    const groups = pattern.exec(plain)?.groups;
    if (!groups) continue;
    // "Should we take A or B?" asks for an opinion.
    if (kind && / or /u.test(plain) && /\?\W*$/u.test(plain)) return null;
    const who = whoOf(groups.who);
    const action = actionOf(groups);
    if (!who || !isDoable(action, sureness >= SURE_FORM)) continue;
    return { kind: kind ?? "request", action, who, sureness: surer(sureness, score) };
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
  const command = imperatives(bare).find(({ start, isSure }) => isSure && isDoable(bare.slice(start)));
  if (!command) return null;
  const isPolite = bare !== plain;
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

/** In "can you …" and "please …" the next word is a verb, known or not. */
const SURE_FORM = 0.8;

/** "what you should remember" asks for nothing. */
const NOT_IN_CLAUSE =
  "(?<!\\b(?:what|that|which|if|how|who|where|when|as|than|everything|anything|all|things?|because) )";

/** Forms of asking, clearest first. `vp`: what is to be done. */
const FORMS: { pattern: RegExp; sureness: number; kind?: "idea" }[] = [
  { pattern: /^(?:idea|suggestion|proposal)\s*:\s*(?<vp>.+)/iu, sureness: 0.6, kind: "idea" },
  { pattern: new RegExp(`^(?<who>${NAME})(?: and ${NAME})? to (?<vp>.+)`, "u"), sureness: 0.85 },
  {
    pattern: new RegExp(
      `\\b(?:[Cc]an|[Cc]ould|[Ww]ould|[Ww]ill|[Cc]an't|[Cc]ouldn't|[Ww]on't) ${PEOPLE} ${SOFT}(?:be able to |be willing to |manage to |be so kind (?:as )?to )?(?<vp>.+)`,
      "u",
    ),
    sureness: 0.85,
  },
  { pattern: /\b(?:are|would) you (?:be )?(?:able|willing|available|free) to (?<vp>.+)/iu, sureness: 0.7 },
  {
    pattern: new RegExp(`\\b(?:need|want|like|love|ask|asking|expect|remind|get) ${PEOPLE} to ${SOFT}(?<vp>.+)`, "u"),
    sureness: 0.85,
  },
  { pattern: /\b(?:don't forget to|do not forget to|remember to|be sure to|please try to) (?<vp>.+)/iu, sureness: 0.8 },
  { pattern: /\b(?<who>remind me|note to self:?)(?: to)? (?<vp>.+)/iu, sureness: 0.75 },
  {
    pattern: new RegExp(
      `\\b(?:suggest|recommend|propose|advise)(?: that)?(?: ${PEOPLE})?(?: should)?(?: to)? (?<vp>.+)`,
      "u",
    ),
    sureness: 0.55,
    kind: "idea",
  },
  { pattern: /\b(?:would|do) you mind (?<gerund>\p{L}+ing)\b(?<rest>.*)/iu, sureness: 0.85 },
  {
    pattern: new RegExp(
      `\\b(?:great|good|nice|helpful|lovely|cool|best|better|appreciate it|grateful|wondering|wondered|any chance|possible) (?:if |that )?${PEOPLE} (?:can |could |would |might )?${SOFT}(?<vp>.+)`,
      "u",
    ),
    sureness: 0.75,
  },
  { pattern: /\bwhy (?:don't|not) (?<who>you|someone|we)? ?(?<vp>.+)/iu, sureness: 0.6, kind: "idea" },
  {
    pattern: /\blet (?:me|us) know (?=(?:by|if|when|which|whether|what|who|where|how|asap|your|the)\b)(?<know>.+)/iu,
    sureness: 0.5,
  },
  {
    pattern:
      /\b(?:can|could|may|might) (?:I|we) (?:please |maybe )?(?:get|have|see|borrow) (?<thing>(?:your|the|a|an|some|more|another|all|these|those|that|this|any)\b .+)/iu,
    sureness: 0.6,
  },
  {
    pattern:
      /\b(?:I|we) (?:really |still |also |urgently |just |would |will |'ll )*need (?<thing>(?:your|the|a|an|some|more|another|new|all|these|those|two|three|four|\d+)\b .+)/iu,
    sureness: 0.5,
  },
  {
    pattern:
      /\b(?:I|we)(?:'d| would) (?:really |also |still )?(?:like|love) to (?<vp>(?:discuss|meet|talk|speak|schedule|set up|arrange|review|go over|see|have|get|hear)\b.+)/iu,
    sureness: 0.45,
    kind: "idea",
  },
  { pattern: /\b(?:is it|would it be) possible (?:for you |for someone )?to (?<vp>.+)/iu, sureness: 0.7 },
  {
    pattern: new RegExp(
      `${NOT_IN_CLAUSE}\\b${PEOPLE} ${SOFT}(?:needs? to|ha(?:ve|s) (?:got )?to|must|gotta|had better|(?:is|are) (?:supposed|expected) to) ${SOFT}(?<vp>.+)`,
      "u",
    ),
    sureness: 0.7,
  },
  {
    pattern: new RegExp(
      `${NOT_IN_CLAUSE}\\b${PEOPLE} ${SOFT}(?:should|ought to|may want to|might want to) ${SOFT}(?<vp>.+)`,
      "u",
    ),
    sureness: 0.55,
    kind: "idea",
  },
  {
    pattern:
      /^(?:all|every|each|the|our) (?:\p{L}+ ){1,3}(?:must|needs? to|ha(?:ve|s) to|(?:is|are) required to) (?<vp>(?!support|include|contain|run|fit|work|handle|allow|provide).+)/iu,
    sureness: 0.55,
  },
  {
    pattern:
      /(?:^|[,.:;] |\b(?:and|so|but|ok|okay|yes|maybe) )(?:let's|lets|let us|shall we|why don't we|should we|could we|can we|we could|maybe we can|what if we) (?:please |also |just |maybe |then )*(?<vp>.+)/iu,
    sureness: 0.5,
    kind: "idea",
  },
  {
    pattern:
      /^(?:(?:so|then|ok|or|and|maybe|perhaps|yes),? )*we (?:can|could) (?<vp>(?:meet|discuss|talk|try|use|move|get together|set up|go over|catch up)\b.+)/iu,
    sureness: 0.4,
    kind: "idea",
  },
  { pattern: /\b(?:how|what) about (?<gerund>\p{L}+ing)\b(?<rest>.*)/iu, sureness: 0.45, kind: "idea" },
];

/** What is to be done, from the parts that a form found. */
function actionOf({ vp, gerund, rest = "", know, thing }: Record<string, string | undefined>): string {
  if (gerund) return fromGerund(gerund, rest);
  if (know) return `let me know ${know}`;
  if (thing) return `get me ${thing}`;
  return (vp ?? "").replace(/^(?:go ahead and|please|be so kind as to) /iu, "");
}

/** A clear wording counts, and so does how much else in the sentence asks. */
function surer(base: number, score: number): number {
  const more = score >= ASKS_FROM + 1.5 ? 0.1 : score < ASKS_FROM - 1 ? -0.15 : 0;
  return Math.min(0.95, Math.max(0.2, base + more));
}

function fromGerund(gerund: string, rest: string): string {
  const verb = baseOfGerund(gerund.toLowerCase());
  return verb ? `${verb}${rest}` : "";
}

function lowerFirst(text: string): string {
  return /^(?:The|A|An|Our|My|Your|This|That|These|Those|All|Some|Every|Each|Both|New|Old|His|Her|Their)\b/u.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}
