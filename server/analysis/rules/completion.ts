import { AUTHOR, type Reading } from "./reading.ts";
import { baseOfParticiple } from "./verbs.ts";

/** What "is done", "is ready", "готово" say of any task: its deed, whatever that was. */
export const FINISH = "finish";

/**
 * "The permit is filed", "I've sent the list", "насос заказан": that something is done, as the deed itself ("file the permit"), the
 * thing left out where the sentence names none. Null for questions, for what is not done yet, and for what will be.
 */
export function readCompletion(plain: string, original: string): Reading | null {
  if (plain.includes("?") || OPEN_SENTENCE.test(plain)) return null;
  const isRussian = /\p{Script=Cyrillic}/u.test(plain);
  for (const clause of plain.split(/[:;!…]|\.(?:\s|$)|,\s|\s[–—-]\s|\s(?:but|and|но)\s/iu)) {
    const action = isRussian ? russianDeed(clause) : englishDeed(clause);
    if (action) return { kind: "done", action, who: AUTHOR, sureness: 0.7 };
  }
  const isTicked = /[✅✔☑]\ufe0f?\s*$/u.test(original) && plain.split(" ").length <= 6 && !OPEN_CLAUSE.test(plain);
  return isTicked ? { kind: "done", action: `${FINISH} ${plain}`, who: AUTHOR, sureness: 0.6 } : null;
}

function englishDeed(clause: string): string | null {
  const mended = WORKS_AGAIN.exec(clause.trim())?.groups?.thing;
  if (mended && !OPEN_CLAUSE.test(mended)) return `fix ${mended}`;
  const words = clause.trim().split(/\s+/u);
  for (const [at, word] of words.entries()) {
    const verb = verbOf(word);
    if (!verb) continue;
    const before = words.slice(0, at).filter((each) => !FILLER.test(each));
    const after = words.slice(at + 1);
    if (ADJECTIVE_AFTER.test(before.at(-1) ?? "") || after.some((each) => IS.test(each))) continue;
    if (OPEN_CLAUSE.test(before.join(" ")) || OPEN_AFTER.test(after.join(" "))) return null;
    const is = /^(?:\S+'s|\S+'re)$/u.test(before.at(-1) ?? "") ? "" : before.at(-1);
    if (is === "" || IS.test(is ?? "")) {
      const thing = before.join(" ").replace(/(?:'s|'re|(?:^|\s)(?:is|are|was|were|been|got))$/iu, "");
      // "We are ready" says that they can begin.
      if (/^(?:i|we|you|they|he|she)$/iu.test(thing)) return null;
      return `${verb} ${thing.replace(/\s(?:has|have)$/iu, "")}`.trim();
    }
    if (verb === FINISH && !/^(?:done|finished|completed)$/iu.test(word)) continue;
    // "Permit filed", "boots ordered for pier 1": what stands before is the thing; in "I filed it" it is who did it.
    const isHeadline = after.length === 0 || PREPOSITION.test(after[0] ?? "");
    return `${verb} ${(isHeadline ? before : after).join(" ")}`.trim();
  }
  return null;
}

function verbOf(word: string): string | null {
  const bare = word.toLowerCase().replace(/[^\p{L}]/gu, "");
  if (/^(?:done|ready|finished|complete|completed|live|sorted)$/u.test(bare)) return FINISH;
  const base = baseOfParticiple(bare);
  return base && base !== bare && !NO_DEED.has(base) ? base : null;
}

function russianDeed(clause: string): string | null {
  if (RUSSIAN_OPEN.test(clause)) return null;
  const active =
    /^(?:(?:да|ок|хорошо|я|мы|уже|только что|сегодня|вчера|всё|все)\s+)*(?<verb>заказ|отправ|сдел|исправ|почин|обнов|подпис|оплат|опубликов|подтверд|провер|настро|добав|куп|продл|заброниров|согласов|подгот|позвон|выложи|закры|замен)\p{L}{0,3}л[аи]?(?!\p{L})(?<thing>.*)/iu.exec(
      clause.trim(),
    )?.groups;
  if (active) return `${active.verb === "сдел" ? FINISH : active.verb} ${active.thing}`.trim();
  const passive =
    /^(?<thing>.*?)(?<!\p{L})(?:уже\s+)?(?<verb>(?:заказ|отправ|сдел|исправ|почин|обнов|подпис|оплач|опубликов|подтвержд|провер|настро|добав|куп|продл|заброниров|согласов|подготов|замен)(?=\p{L}{1,3}[аоы]?(?!\p{L}))|закры(?=т)|готов(?=[аоы]?(?!\p{L})))(?:\p{L}{0,2}н|т)?[аоы]?(?!\p{L})(?<rest>.*)$/iu.exec(
      clause.trim(),
    )?.groups;
  if (!passive) return null;
  const verb = /^(?:готов|сдел)$/iu.test(passive.verb ?? "") ? FINISH : passive.verb;
  return `${verb} ${passive.thing || passive.rest || ""}`.trim();
}

const WORKS_AGAIN =
  /^(?<thing>.+?) (?:works|work|is working|is back|are back|is online|is up)(?: up| online| now| again)+$/iu;
/** "Agreed", "has been", "heard" finish no task. */
const NO_DEED = new Set(
  "agree be have get go come know think say see hear feel decide approve expect need want use like love".split(" "),
);
const IS = /^(?:is|are|was|were|been|got)$/iu;
const FILLER =
  /^(?:now|already|just|all|finally|also|both|ok|okay|yes|yep|sure|update|fyi|btw|good|news|great|today|so|well)[,:]?$/iu;
/** "the updated page", "a signed copy": says of what kind it is, not that it was just done. */
const ADJECTIVE_AFTER = /^(?:the|a|an|my|our|your|their|this|that|these|those|any|every|newly|more|old|new)$/iu;
const PREPOSITION = /^(?:for|to|at|in|on|with|from|by|of|about|under|via|this|today|yesterday|last|as|again|too)$/iu;
/** Not yet, only wished, or only if. */
const OPEN_SENTENCE =
  /^(?:if|when|once|until|unless|before|after|as soon as|in case|hopefully|если|когда|как только|после того)(?!\p{L})|\b(?:yet|last (?:week|month|year)|ago)\b/iu;
const OPEN_CLAUSE =
  /(?:n't(?!\p{L})|\b(?:not|never|no|nobody|none|will|would|should|could|can|cannot|may|might|must|needs?|to|be|being|if|when|once|until|till|unless|before|after|almost|nearly|half|partly|hopefully|hope|maybe|perhaps|probably|supposed|thought|think|want|wants|whether|how|why|what|which|who|wish|as|only|some|nothing|waiting|hardly|barely)\b|'(?:ll|d)\b)/iu;
const OPEN_AFTER =
  /^(?:once|when|if|as soon as|after|unless|until|only|wrong|wrongly|incorrectly|badly|halfway|tomorrow|later|next|soon|back to)\b|\b(?:tomorrow|next (?:week|month)|soon|not)\b/iu;
const RUSSIAN_OPEN =
  /(?<!\p{L})(?:не|нет|ещё|еще|будет|будут|надо|нужно|если|когда|бы|чтобы|почти|завтра|должн[аоы]|должен|пока|скоро|готов[аы]?\s+\p{L}+ть)(?!\p{L})/iu;
