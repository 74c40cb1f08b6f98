import { isDoable, NAME, PEOPLE, SOFT, whoOf } from "./english-words.ts";
import type { Who } from "./reading.ts";
import { baseOfGerund } from "./verbs.ts";

/** A form of words that asks for something or proposes it. */
export type Form = {
  isIdea: boolean;
  action: string;
  who: Who;
  sureness: number;
  /** The action is a deed that could be written down; "let me know what you think" asks, but for nothing to keep. */
  isDoable: boolean;
};

/** The clearest form of asking in a sentence that names a deed; else one that names none, else null. */
export function formOf(plain: string): Form | null {
  let hollow: Form | null = null;
  for (const { pattern, sureness, kind } of FORMS) {
    const groups = pattern.exec(plain)?.groups;
    const who = groups ? whoOf(groups.who) : null;
    if (!groups || !who) continue;
    const action = actionOf(groups);
    const form = { isIdea: kind === "idea", action, who, sureness, isDoable: isDoable(action, sureness >= SURE_FORM) };
    if (form.isDoable) return form;
    hollow ??= form;
  }
  return hollow;
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
      /(?:^|[,.:;] |\b(?:and|so|but|ok|okay|yes|maybe) )(?:let's|lets|let us|shall we|why don't we|should we(?!.* at all\b)|could we|can we|we could|maybe we can|what if we) (?:please |also |just |maybe |then )*(?<vp>.+)/iu,
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

function fromGerund(gerund: string, rest: string): string {
  const verb = baseOfGerund(gerund.toLowerCase());
  return verb ? `${verb}${rest}` : "";
}
