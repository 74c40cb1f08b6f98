import type { FoundProposal, SeenMessage } from "../extraction/prompt.ts";
import { isEmptyWord } from "./items.ts";
import { type Sentence, sentencesOf } from "./sentences.ts";
import { foldedWords, type Subjects } from "./subjects.ts";
import { asTitle } from "./titles.ts";
import { isActionVerb, isAlsoNoun } from "./verbs.ts";

/** A subject is proposed once so many messages of so many people speak of it. */
const LEAST_MESSAGES = 3;
const LEAST_PEOPLE = 2;
/** More subjects than these in one batch are no subjects. */
const MOST_TOPICS = 2;
const MOST_QUOTES = 6;

/** Where a subject is named: the words as they stand there. */
type Mention = { message: SeenMessage; sentence: Sentence; words: string };

/**
 * Subjects that several people speak of and that are not known yet: parts of the project, hashtags, phrases that come again.
 * @param names what the people here are called: they are no subjects
 */
export function topicsIn(
  messages: readonly SeenMessage[],
  subjects: Subjects,
  { names, aliasesOf }: { names: ReadonlySet<string>; aliasesOf: (part: string) => string[] },
): FoundProposal[] {
  const mentions = new Map<string, Mention[]>();
  for (const message of messages) {
    if (message.author.isBot || message.forwardedFrom !== null) continue;
    for (const sentence of sentencesOf(message.text)) {
      for (const [key, words] of phrasesIn(sentence.plain, subjects, names)) {
        const known = mentions.get(key) ?? [];
        mentions.set(key, [...known, { message, sentence, words }]);
      }
    }
  }
  addShortMentions(mentions, messages);
  const spoken = [...mentions].filter(([, found]) => isSpokenOf(found));
  // "card reader" says more than "reader", and as often.
  const chosen = spoken.toSorted(([one, a], [other, b]) => b.length - a.length || other.length - one.length);
  const taken: string[] = [];
  return chosen.flatMap(([key, found]) => {
    if (taken.length >= MOST_TOPICS || taken.some((other) => sharesWord(key, other))) return [];
    taken.push(key);
    return [topicProposal(found, aliasesOf)];
  });
}

/** After "the card reader", "the reader" is that one, as long as no other kind of reader is named. */
function addShortMentions(mentions: Map<string, Mention[]>, messages: readonly SeenMessage[]): void {
  const headOf = (key: string) => key.split(" ").at(-1) ?? "";
  const heads = Map.groupBy(mentions.keys(), headOf);
  for (const [key, found] of mentions) {
    const [first] = found;
    const head = headOf(key);
    if (!first || !/^[a-z]+ [a-z]+$/u.test(key) || heads.get(head)?.length !== 1) continue;
    const short = new RegExp(
      `\\b(?:the|this|that|which)(?: (?:new|old|other|whole|same))? ${head}s?(?=$|[^\\p{L}\\s'-]| (?:${FUNCTION_WORDS})\\b)`,
      "iu",
    );
    const start = messages.indexOf(first.message) + 1;
    for (const message of messages.slice(start)) {
      if (message.author.isBot || message.forwardedFrom !== null) continue;
      const sentence = sentencesOf(message.text).find(({ plain }) => short.test(plain));
      if (sentence && found.every((other) => other.message !== message)) {
        found.push({ message, sentence, words: first.words });
      }
    }
  }
}

const FUNCTION_WORDS =
  "is|are|was|were|has|had|will|can|could|should|must|or|and|but|with|for|at|in|on|to|from|by|of|again|today|tomorrow|now|too|please|before|after|until|if|when|because|that|which|does|doesn't|did|didn't|isn't|wasn't";

function isSpokenOf(found: readonly Mention[]): boolean {
  const labels = new Set(found.map(({ message }) => message.label));
  return labels.size >= LEAST_MESSAGES && new Set(found.map(({ message }) => message.author.name)).size >= LEAST_PEOPLE;
}

function sharesWord(one: string, other: string): boolean {
  return one.split(" ").some((word) => other.split(" ").includes(word));
}

function topicProposal(found: readonly Mention[], aliasesOf: (part: string) => string[]): FoundProposal {
  const people = [...new Set(found.map(({ message }) => message.author.name))];
  const messages = new Set(found.map(({ message }) => message.label));
  const name = found[0]!.words;
  const isRussian = /\p{Script=Cyrillic}/u.test(name);
  const who = new Intl.ListFormat(isRussian ? "ru-RU" : "en-GB").format(people.slice(0, 5));
  return {
    kind: "topic",
    title: asTitle(name),
    body: isRussian ? `Об этом говорят: ${who}.` : `${who} speak of it in ${messages.size} messages.`,
    noteType: "Topic",
    topic: null,
    tags: [],
    aliases: aliasesOf(name),
    intent: "statement",
    priority: null,
    category: null,
    assigneeName: null,
    due: null,
    confidence: Math.min(0.7, 0.3 + 0.05 * messages.size),
    why: `It comes up in ${messages.size} messages of ${people.length} people.`,
    quotes: found
      .filter(({ message }, at) => found.findIndex((other) => other.message === message) === at)
      .slice(0, MOST_QUOTES)
      .map(({ message, sentence }) => ({ message: message.label, text: sentence.original })),
  };
}

/** What a sentence names, by a key that is the same for all its forms. */
function phrasesIn(plain: string, subjects: Subjects, names: ReadonlySet<string>): Map<string, string> {
  const phrases = new Map<string, string>();
  const parts = subjects.partsIn(plain);
  const offer = (words: string) => {
    if (!subjects.isKnown(words)) phrases.set(keyOf(words), words);
  };
  for (const part of parts) offer(part);
  for (const [tag] of plain.matchAll(/(?<![\p{L}\d&/])#\p{L}[\p{L}\d_-]{2,38}/gu))
    offer(tag.slice(1).replaceAll(/[_-]/gu, " "));
  const partWords = new Set(parts.flatMap((part) => foldedWords(part).trim().split(" ")));
  for (const stretch of plain.split(/[^\p{L}\s'-]+/u)) {
    const words = stretch.trim().split(/\s+/u);
    for (const [at, word] of words.entries()) {
      const next = words[at + 1];
      if (next === undefined || !isThing(word, names) || !isThing(next, names) || !isNoun(next)) continue;
      if (!partWords.has(word.toLowerCase()) && !partWords.has(next.toLowerCase())) offer(`${word} ${next}`);
    }
  }
  return phrases;
}

/** "Card readers" and "card reader" are one; in Russian the ending of a word goes with its place in the sentence. */
function keyOf(words: string): string {
  return foldedWords(words)
    .trim()
    .split(" ")
    .map((word) =>
      /\p{Script=Cyrillic}/u.test(word)
        ? word.replace(/[аеиоуыьэюяйм]{1,3}$/u, "")
        : word.replace(/(?<=\p{L}{3})(?:'s|s)$/u, ""),
    )
    .join(" ");
}

function isThing(word: string, names: ReadonlySet<string>): boolean {
  const lower = word.toLowerCase();
  return (
    /^\p{L}[\p{L}'-]{2,}$/u.test(word) &&
    !isEmptyWord(lower) &&
    !names.has(lower) &&
    !NO_THING.has(lower) &&
    !/ly$|n't$|'/u.test(lower)
  );
}

/** English tells its verbs by a list; Russian nouns are not told at all, adjectives and verbs are by their endings. */
function isNoun(word: string): boolean {
  const lower = word.toLowerCase();
  if (/\p{Script=Cyrillic}/u.test(lower))
    return !/(?:ть|ться|ет|ут|ют|ит|ат|ят|ал|ил|ый|ий|ая|ое|ые|ого|ему|ому|ым|ых)$/u.test(lower);
  return (!isActionVerb(lower) || isAlsoNoun(lower)) && !/(?:ed|ing)$/u.test(lower);
}

const NO_THING = new Set(
  `new old big good great nice bad last first other same more much many very really already again still too only here there now
  yes okay thanks thank hello morning sure fine maybe think know mean want see look looks going gone went come came back make made
  take took done does did say said says work works working help please done back right left half few lot lots bit way thing things
  people guys everyone someone anyone nobody time times minute minutes hour hours day days year years month next while because
  if though been being am may might must shall both each every either neither such own well even ever never always often soon
  новый новая новое старый старая очень снова опять тоже только сейчас потом там тут здесь всем всех спасибо привет давайте давай
  будет было были есть если чтобы когда потому может кто где который которая которые этот эта эти тот мой наш ваш свой день дня`.split(
    /\s+/u,
  ),
);
