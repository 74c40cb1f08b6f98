import { readAnswer } from "./english-answers.ts";
import { readDecision, readFact } from "./english-facts.ts";
import { readRequest } from "./english-requests.ts";
import { beginsWith, isDoable, isIdle, NAME, SOFT, whoOf } from "./english-words.ts";
import { ANYONE, AUTHOR, type Reading } from "./reading.ts";

/**
 * What an English sentence does in a conversation, or null where it only talks.
 * @param isListed it is an entry of a list of things to do: a command there needs no further sign
 */
export function readEnglish(plain: string, isListed: boolean): Reading | null {
  // "Please send it to me so that I can pay": who asks does not promise.
  const isAsked = /\b(?:please|pls|plz)\b|\b(?:can|could|would|will) you\b/iu.test(plain);
  return (
    readDecision(plain) ??
    readAnswer(plain) ??
    (isAsked ? readRequest(plain, isListed) : null) ??
    readCommitment(plain) ??
    (isAsked ? null : readRequest(plain, isListed)) ??
    readFact(plain) ??
    readQuestion(plain)
  );
}

/** What people promise: "I'll send it by Friday", "let me check the logs", "Timo will call them". */
function readCommitment(plain: string): Reading | null {
  const { firm, loose } = PROMISES.map((pattern) => pattern.exec(plain)?.groups).find(Boolean) ?? {};
  const action = firm ?? loose;
  if (action === undefined) return readReported(plain);
  if (/\?\s*$/u.test(plain) && !firm) return null;
  if (POINTS_BACK.test(action)) {
    return { kind: "commitment", action: "", who: AUTHOR, sureness: 0.8 };
  }
  if (!isDoable(action) || isIdle(action)) return null;
  return { kind: "commitment", action, who: AUTHOR, sureness: firm ? 0.75 : 0.55 };
}

/** "Timo will call them." */
function readReported(plain: string): Reading | null {
  const { name, action } = REPORTED.exec(plain)?.groups ?? {};
  const who = name ? whoOf(name) : null;
  return action && who?.type === "named" && isDoable(action)
    ? { kind: "commitment", action, who, sureness: 0.65 }
    : null;
}

/** A question that wants an answer, not a deed. */
function readQuestion(plain: string): Reading | null {
  if (!/\?\W*$/u.test(plain) || plain.split(" ").length < 4 || SMALL_TALK.test(plain)) return null;
  return { kind: "question", action: plain, who: ANYONE, sureness: QUESTION_WORD.test(plain) ? 0.6 : 0.4 };
}

const OPENING = "(?:^|[,.:;!–—-] ?|\\b(?:and|so|but|then|ok|okay|yes|sure|yep|yeah|fine|while|maybe) )";
const GLADLY = "(?:also |just |then |try to |definitely |quickly |please |happily |gladly |probably |maybe )*";
const PROMISES = [
  new RegExp(
    `${OPENING}(?:I'll|I will|I'm going to|I am going to|I'm gonna|I shall|I promise to) ${GLADLY}(?<firm>.+)`,
    "iu",
  ),
  new RegExp(
    `${OPENING}(?:let me|I(?: still)? (?:need|have) to|I must|I should|(?:I'm |I am |I'd be )?(?:happy|glad) to|I(?:'m planning| plan) to|I want to) ${GLADLY}(?<loose>.+)`,
    "iu",
  ),
  /^(?:(?:ok(?:ay)?|yes|sure|yep|yeah|fine|and|then|maybe)[,.!]? )*(?:I can|I could) (?<loose>.+)/iu,
  /^(?:will|gonna|going to) (?<firm>.+)/iu,
];
const REPORTED = new RegExp(
  `(?:^|[,.;] )(?<name>${NAME}) (?:will|'ll|is going to|promised to|has agreed to|agreed to) ${SOFT}(?<action>.+)`,
  "u",
);

/** "I'll do it by Friday": the deed stands in an earlier message. */
const POINTS_BACK = beginsWith(
  `
  (?:do|take|handle|manage|sort|fix|get|look at|look into|check|have|grab|pick|deal with|take care of)(?: up)? (?:it|that one|this one|that|this|them|those)
`,
);

const QUESTION_WORD =
  /(?:^|[,.:;–—-] |\b(?:and|so|but|also|btw) )(?:what|when|where|who|whose|how|which|why|is|are|was|were|do|does|did|has|have|had|can|could|should|will|would|any|anyone|anybody)\b/iu;
const SMALL_TALK =
  /\b(?:how are you|how's it going|how is it going|what's up|how was|how were|right\?|ok\?|okay\?|isn't it|aren't we|you know\?|really\?|lunch|soup|tea|coffee|beer|drinks?|anyone (?:up )?for|weather|believe|imagine|kidding|joking|seriously|who knows|why not|guess what|remember|wtf|lol|haha)/iu;
