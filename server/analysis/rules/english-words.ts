import { ANYONE, AUTHOR, LISTENER, type Who } from "./reading.ts";
import { isActionVerb } from "./verbs.ts";

/** Pattern of a name or a handle as written. */
export const NAME = "(?:@\\w+|\\p{Lu}[\\p{L}'-]+)";
/** Pattern of who is to do something. */
export const PEOPLE = `(?<who>you(?: guys| all| two| both)?|u|someone(?: else)?(?: (?:from|in|on|at) (?:the )?\\p{L}+)?|somebody|anyone|anybody|one of (?:you|us)|we|${NAME})`;
/** Pattern of the words that soften a request and are no part of it. */
export const SOFT =
  "(?:(?:please|pls|also|just|maybe|perhaps|possibly|quickly|kindly|then|really|still|all|both|probably|definitely|already|finally|first) )*";

/** A pattern for texts that begin with one of the phrases, one a line, each a pattern of its own. */
export function beginsWith(phrases: string, end = "\\b"): RegExp {
  const lines = phrases
    .trim()
    .split("\n")
    .map((line) => line.trim());
  return new RegExp(`^(?:${lines.join("|")})${end}`, "iu");
}

/** Who is meant by a name, a pronoun or "remind me"; null where the word only looks like a name. */
export function whoOf(written: string | undefined): Who | null {
  if (!written) return ANYONE;
  if (/^(?:remind me|note to self)/iu.test(written)) return AUTHOR;
  if (/^(?:you|u)\b/iu.test(written)) return LISTENER;
  if (/^(?:someone|somebody|anyone|anybody|one of|we)\b/iu.test(written)) return ANYONE;
  return NOT_NAMES.has(written.toLowerCase()) ? null : { type: "named", name: written };
}

/**
 * Whether the words name a deed: a verb of doing, and not one of the phrases that only sound like a task.
 * @param isSurelyVerb the first word stands where only a verb can, so that it need not be a known one
 */
export function isDoable(action: string, isSurelyVerb = false): boolean {
  const verb = /^(?:(?:not|don't|do not|never|only|also|just|quickly|please|all|both) )*(?<verb>\p{L}[\p{L}-]*)/iu
    .exec(action)
    ?.groups?.verb?.toLowerCase();
  if (verb === undefined || HOLLOW.test(action)) return false;
  return (
    isActionVerb(verb) || (isSurelyVerb && !NO_DEED.has(verb) && !isActionVerb(verb.replace(/(?:s|ing|ed)$/u, "")))
  );
}

/** Whether a promise is one that nobody writes down: "I'll be there", "I'll see". */
export function isIdle(action: string): boolean {
  return IDLE.test(action);
}

const NO_DEED = new Set(
  `be been have had believe imagine like love hate want need afford seem exist even ever not only still really too so the a an
  this that it he she they we you i in on at to of for and or but if with from by as there here more some any all no yes please`.split(
    /\s+/u,
  ),
);

/** Commands and questions that ask for nothing that could be written down as a task. */
const HOLLOW = beginsWith(
  `
  let (?:me|us|you|him|her|them) (?:think|see|guess|get back)
  let (?:me|us) know(?: what you think| how (?:it|that|you|things)| when you(?:'re| are) (?:back|done|there)|\\W*$)
  let (?:me|us) know if (?:you (?:need|have|want|are interested|ever)|there|anything|that's|this is)
  let (?:it|that)
  tell me (?:about|what|why|how|if|when|more)
  feel
  worry
  hesitate
  have (?:a|an|fun|you|any|to be)
  take care
  take (?:a |your )?(?:break|time|seat|nap)
  stay
  be (?!ready|on time|careful|there)\\p{L}+
  keep (?:in mind|going|calm|up|me|us|you|it up|posted)
  enjoy
  see (?:you|ya|what|how|if|that|the point|why)
  look (?:forward|good|great|nice|like|so)
  guess|imagine|believe|expect|know|hear|understand|recall|hope|notice|trust|happen|live|die|love|like|mind|wait|listen|sleep
  think (?:so|that|it|i|we|he|she|you|of)
  remember (?:that|when|the time|me|how)
  note that
  (?:hold|hang|come) on
  hang in
  go (?:ahead|for it)
  forget (?:it|about it|that)
  stop (?:it|worrying)
  help yourself
  forgive|excuse|pardon|thank|relax|cheer
  give (?:me|us) a (?:sec|second|minute|moment)
  say (?:that|hi|hello|it|so|what)
  get (?:well|it|there|home|that|used|better|to|the point|any|rid of me)
  check this out
  try (?:it|that|to)? ?$
  do (?:you|we|they)
  (?:do (?:so|it|that|this)?|read (?:this|that)|come (?:to|from|back)?|go) ?[.!?]*$
  make (?:sense|it|up|any sense)
  turn out
`,
  "(?![\\p{L}\\d])",
);

const IDLE = beginsWith(`
  be|see|have|wait|stay|sleep|go|come|leave|let|keep|know|think|feel|miss|love|remember|never|not|say|live|talk|speak|hear|join|need|want
  tell you
  check in
  meet you
  take (?:a|the day|some)
`);

/** Words that stand with a capital letter where a name could stand. */
const NOT_NAMES = new Set(
  `i we you it he she they the this that these those there what who when where how why which can could will would should
  everyone everybody someone somebody anyone anybody nobody all team folks guys people also and but so or if then now just maybe please
  not no yes ok okay hey hi hello thanks sorry today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday
  note update reminder todo fyi idea question problem risk decision requirement suggestion proposal issue bug task action item info
  warning step steps try otherwise going starting for in on at to as of with from after before while since because although however
  therefore perhaps once until unless per re by my your our his her their its both each every any some many most other another here
  again still only even very really actually great good sure right well oh wow cool nice perfect done mom dad sir madam being having
  do does did are is was were has had must may might january february march april june july august september october november
  december let need have time next first second`.split(/\s+/u),
);
