import type { FoundProposal } from "../extraction/prompt.ts";
import { explain } from "./asks.ts";
import { type Item, type Language, pointsBack, type Said, vagueDeed } from "./items.ts";
import { sentencesOf } from "./sentences.ts";
import type { Subjects } from "./subjects.ts";
import { asTitle, blockedBy, decisionTitle, factTitle, shapePhrase, withCause } from "./titles.ts";

/** The most quotes that one proposal shows. */
const MOST_QUOTES = 6;
const MOST_TAGS = 8;

/**
 * An item as a proposal: a title and a body that a person would write, and the sentences it rests on.
 * @param isQuotable what is only read along is no evidence
 */
export function describe(item: Item, subjects: Subjects, isQuotable: (one: Said) => boolean): FoundProposal {
  const quotes = item.said
    .filter(isQuotable)
    .slice(0, MOST_QUOTES)
    .map(({ message, sentence }) => ({
      message: message.label,
      text: sentence.original,
    }));
  const words = item.said.map(({ sentence }) => sentence.plain).join(" ");
  const tags = [...new Set([...hashtagsOf(item), ...subjects.tagsOf(words)])].slice(0, MOST_TAGS);
  const common = { topic: subjects.topicOf(words), tags, quotes, priority: priorityOf(words), due: item.due };
  return item.type === "task" ? { ...common, ...task(item, words) } : { ...common, ...fact(item, item.type) };
}

type Described = Omit<FoundProposal, "topic" | "tags" | "quotes" | "priority" | "due">;

function task(item: Item, words: string): Described {
  const { root, owner } = item;
  const { language, reading } = root;
  const asker = root.message.author.name;
  const isOwn = owner?.name === asker;
  const phrase = phraseOf(item);
  const intent = reading.kind === "idea" ? "idea" : isOwn || reading.kind === "commitment" ? "commitment" : "request";
  const named = owner?.name ?? null;
  const promised = [...item.agreed].filter((name) => name === named);
  const agreed = [...item.agreed].filter((name) => name !== named);
  const say = SENTENCES[language];
  const body = [
    intent === "commitment"
      ? say.will(named ?? asker, phrase, byDay(item.due, language))
      : intent === "idea"
        ? say.suggests(asker, phrase, byDay(item.due, language))
        : say.asks(asker, named, phrase, byDay(item.due, language)),
    promised.length > 0 && !isOwn ? say.promised(listed(promised, language)) : "",
    agreed.length > 0 ? say.agreed(listed(agreed, language)) : "",
    item.refused.size > 0 ? say.refused(listed([...item.refused], language)) : "",
  ];
  return {
    kind: "task",
    title: asTitle(phrase),
    body: body.filter(Boolean).join(" "),
    noteType: "Task",
    intent,
    category: categoryOf(`${words} ${reading.action}`),
    assigneeName: named,
    confidence: sureness(item),
    why: [whyTask(item, intent), wordsThatSayso(item)].filter(Boolean).join(" "),
  };
}

function fact(item: Item, type: Exclude<Item["type"], "task">): Described {
  const { root } = item;
  const { language, reading, sentence, message } = root;
  const say = SENTENCES[language];
  const [author = null] = message.author.name.split(" ");
  const agreed = listed([...item.agreed], language);
  const body = [
    say.wrote(message.author.name, sentence.original),
    type === "question" ? say.open : agreed ? say.agreed(agreed) : "",
  ];
  return {
    kind: "atom",
    title: type === "decision" ? decisionTitle(reading.action) : titleOfFact(item, author),
    body: body.filter(Boolean).join(" "),
    noteType: NOTE_TYPES[type],
    intent: type === "decision" ? "decision" : type === "question" ? "question" : "statement",
    category: type === "problem" ? "bug" : type === "question" ? "question" : null,
    assigneeName: null,
    confidence: sureness(item),
    why:
      type === "decision" && reading.kind === "idea"
        ? `${message.author.name} proposed it, and others agreed.`
        : WHY_FACT[type],
  };
}

function titleOfFact({ type, root, said }: Item, author: string | null): string {
  const blocked = type === "blocker" ? blockedBy(root.sentence.plain) : null;
  if (blocked) return asTitle(`Blocked: ${blocked}`);
  const cause = type === "solution" ? said.find(({ reading }) => reading.kind === "insight") : undefined;
  return factTitle(cause ? withCause(root.sentence.plain, cause.sentence.plain) : root.sentence.plain, author);
}

/** The deed of a task as a phrase; a promise that points back to a fault is about that fault. */
function phraseOf(item: Item): string {
  const { root, owner } = item;
  const { action } = root.reading;
  const asker = root.message.author.name.split(" ")[0] ?? null;
  const isOwn = owner?.name === root.message.author.name;
  const listener = owner?.name.split(" ")[0] ?? null;
  const voices = isOwn ? { me: null, you: item.listener?.split(" ")[0] ?? null } : { me: asker, you: listener };
  const phrase = shapePhrase(action, voices, root.due?.words ?? null);
  const context = pointsBack(action) ? contextOf(item) : null;
  // "What about the customers?" – "We have to refund them": the pronoun stands for it.
  const { thing } = ABOUT.exec(context ?? "")?.groups ?? {};
  if (thing) return phrase.replace(/(?<=^\p{L}+ )(?:it|this|that|them|these|those)\b/iu, thing);
  return context
    ? `${vagueDeed(action) ?? phrase}: ${withSmallArticle(factTitle(context, null)).replace(/\?+$/u, "")}`
    : phrase;
}

const ABOUT = /(?:^|[\s,])(?:what|how) about (?<thing>(?:the|our|my|your|this|these|those) [^?]+)\?+$/iu;

function withSmallArticle(title: string): string {
  return /^(?:The|A|An|Our|My|This|That|Those|These|Some|\p{Script=Cyrillic}\p{Ll}+)\s/u.test(title)
    ? title.charAt(0).toLowerCase() + title.slice(1)
    : title;
}

/** What "take a look" is about: the fault it follows, what the sentence said before, or the sentence before it. */
function contextOf({ root, said, context }: Item): string | null {
  const fault = said[0];
  if (fault && fault !== root) return fault.sentence.plain;
  const [before = ""] = root.sentence.plain.split(
    /[,;–—-]\s+(?=(?:can|could|would|please|someone|anyone|so|and|i'd|i would|i suggest|let's|we should|может|можешь|кто|посмотр)(?!\p{L}))/iu,
  );
  if (before !== root.sentence.plain && before.split(" ").length >= 3) return before;
  const earlier = sentencesOf(root.message.text).findLast(({ end }) => end <= root.sentence.start);
  return earlier && earlier.plain.split(" ").length >= 4 ? earlier.plain : context;
}

/** The clearness of the wording; what else speaks for it (people, owner, day) is weighed for models and rules alike. */
function sureness({ root, refused }: Item): number {
  return Math.max(0.1, root.reading.sureness - (refused.size > 0 ? 0.15 : 0));
}

function whyTask(item: Item, intent: "idea" | "commitment" | "request"): string {
  const { owner, agreed, root } = item;
  if (owner && agreed.has(owner.name)) return `${root.message.author.name} asked and ${owner.name} agreed.`;
  if (intent === "commitment") {
    const isOwn = owner?.name === root.message.author.name;
    return isOwn
      ? `${owner.name} promised it.`
      : `${root.message.author.name} said that ${owner?.name ?? "someone"} will do it.`;
  }
  if (intent === "idea") return `${root.message.author.name} suggested it.`;
  return owner
    ? `${root.message.author.name} asked ${owner.name} directly.`
    : `${root.message.author.name} asked for it.`;
}

/** "“can you” and “please” speak for a request.": only where the trained model reads, and sees a request. */
function wordsThatSayso({ root }: Item): string {
  const { kind } = root.reading;
  if (root.language !== "en" || (kind !== "request" && kind !== "idea")) return "";
  const words = explain(root.sentence.plain).filter(({ weight }) => weight > 0);
  if (words.length === 0) return "";
  const quoted = LISTS.en.format(words.map((each) => `“${each.words}”`));
  return `${quoted} ${words.length === 1 ? "speaks" : "speak"} for a request.`;
}

const WHY_FACT: Record<Exclude<Item["type"], "task">, string> = {
  decision: "The wording is that of a decision.",
  question: "Nobody answered this question in these messages.",
  problem: "Something is said not to work.",
  blocker: "Something is said to be in the way.",
  risk: "Something is said to be at risk.",
  solution: "A cause or a cure is named.",
  requirement: "Something is said to be required.",
  insight: "Something is said to have been learned.",
  pattern: "Something is said to happen again and again.",
};

const NOTE_TYPES = {
  decision: "Decision",
  question: "Question",
  problem: "Problem",
  blocker: "Blocker",
  risk: "Risk",
  solution: "Solution",
  requirement: "Requirement",
  insight: "Insight",
  pattern: "Pattern",
} as const satisfies Record<Exclude<Item["type"], "task">, FoundProposal["noteType"]>;

/** Sentences for bodies. Russian ones need no case endings on names. */
const SENTENCES = {
  en: {
    asks: (asker: string, owner: string | null, phrase: string, by: string) =>
      owner ? `${asker} asks ${owner} to ${phrase}${by}.` : `${asker} wants someone to ${phrase}${by}.`,
    suggests: (asker: string, phrase: string, by: string) => `${asker} suggests: ${phrase}${by}.`,
    will: (owner: string, phrase: string, by: string) => `${owner} will ${phrase}${by}.`,
    promised: (names: string) => `${names} agreed to do it.`,
    agreed: (names: string) => `${names} agreed.`,
    refused: (names: string) => `${names} cannot do it.`,
    wrote: (author: string, quote: string) => `${author} wrote: “${quote}”${fullStopAfter(quote)}`,
    open: "Nobody answered.",
  },
  ru: {
    asks: (asker: string, owner: string | null, phrase: string, by: string) =>
      `${asker} просит: ${phrase}${by}.${owner ? ` Исполнитель: ${owner}.` : ""}`,
    suggests: (asker: string, phrase: string, by: string) => `${asker} предлагает: ${phrase}${by}.`,
    will: (owner: string, phrase: string, by: string) => `${owner} берётся: ${phrase}${by}.`,
    promised: (names: string) => `Взялись: ${names}.`,
    agreed: (names: string) => `Согласны: ${names}.`,
    refused: (names: string) => `Не могут: ${names}.`,
    wrote: (author: string, quote: string) => `${author}: «${quote}»${fullStopAfter(quote)}`,
    open: "Никто не ответил.",
  },
} as const satisfies Record<Language, unknown>;

function fullStopAfter(quote: string): string {
  return /[.!?…]$/u.test(quote) ? "" : ".";
}

const LOCALES: Record<Language, string> = { en: "en-GB", ru: "ru-RU" };
const DAYS: Record<Language, Intl.DateTimeFormat> = { en: dayFormat("en"), ru: dayFormat("ru") };
const LISTS: Record<Language, Intl.ListFormat> = { en: new Intl.ListFormat("en-GB"), ru: new Intl.ListFormat("ru-RU") };

function dayFormat(language: Language): Intl.DateTimeFormat {
  const parts = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALES[language], parts);
}

function byDay(due: string | null, language: Language): string {
  if (!due) return "";
  const day = DAYS[language].format(new Date(`${due}T00:00:00Z`));
  return language === "en" ? ` by ${day}` : ` (срок: ${day})`;
}

function listed(names: string[], language: Language): string {
  return LISTS[language].format(names);
}

function hashtagsOf(item: Item): string[] {
  const tags = item.said.flatMap(
    ({ message }) => message.text.match(/(?<![\p{L}\d&/])#[\p{L}][\p{L}\d_-]{1,38}/gu) ?? [],
  );
  return tags.map((tag) => tag.slice(1).toLowerCase());
}

function priorityOf(words: string): FoundProposal["priority"] {
  if (/\b(?:critical|outage|production is down|emergency)\b|(?<!\p{L})авари/iu.test(words)) return "critical";
  if (
    /\b(?:urgent(?:ly)?|asap|immediately|right away|as soon as possible|top priority|high priority)\b|(?<!\p{L})(?:срочно|немедленно|как можно скорее|асап)/iu.test(
      words,
    )
  )
    return "high";
  if (
    /\b(?:no rush|no hurry|low priority|not urgent|when(?:ever)? you (?:have|find|get) (?:a |some )?(?:time|minute|chance|moment)|nice to have|some ?day)\b|(?<!\p{L})(?:не срочно|не горит|когда будет время)/iu.test(
      words,
    )
  )
    return "low";
  return null;
}

function categoryOf(words: string): FoundProposal["category"] {
  if (
    /\b(?:bug|broken|crash\w*|error|fix(?:es|ed)?|fails?|failing|hotfix)\b|(?<!\p{L})(?:баг|ошибк|почин|исправ|сломал)/iu.test(
      words,
    )
  )
    return "bug";
  if (
    /\b(?:docs?|documentation|readme|manual|guide|wiki|changelog|how-?to|write (?:down|up)|instructions?)\b|(?<!\p{L})(?:документац|инструкц|руководств)/iu.test(
      words,
    )
  )
    return "docs";
  if (/\b(?:implement|add (?:a|an|the|support)|new feature|feature)\b|(?<!\p{L})(?:добав|реализ|фич)/iu.test(words))
    return "feature";
  if (
    /\b(?:improve|refactor|speed up|optimi[sz]e|simplify|clean up|polish)\b|(?<!\p{L})(?:улучш|ускор|упрост|рефактор)/iu.test(
      words,
    )
  )
    return "improvement";
  if (
    /\b(?:renew|book|order|buy|pay|invoice|call|send|clean|update|upgrade|backup|schedule|arrange|prepare|rent|move|confirm|swap|replace|check|ask|file|print|collect|deliver|sign|submit|meet|e?mail|tell|remind)\b|(?<!\p{L})(?:оплат|заказ|купи|отправ|обнов|прод[лл]и|забронир|позвон)/iu.test(
      words,
    )
  )
    return "chore";
  return null;
}
