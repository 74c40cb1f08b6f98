import { findDue } from "../extraction/due.ts";
import { type People, peopleOf } from "../extraction/people.ts";
import type { ExtractInput, FoundProposal, SeenMessage } from "../extraction/prompt.ts";
import { readCompletion } from "./completion.ts";
import { describe } from "./describe.ts";
import { readEnglish } from "./english.ts";
import { type Item, type Language, type Said, speaksOfSame, wordsOf } from "./items.ts";
import type { Reading } from "./reading.ts";
import { readRussian } from "./russian.ts";
import { type Sentence, sentencesOf } from "./sentences.ts";
import { subjectsOf } from "./subjects.ts";
import { putTogether } from "./thread.ts";
import { tiesOf } from "./ties.ts";
import { topicsIn } from "./topics.ts";

/** More than this from one batch is noise that we read wrongly. */
const MOST_PROPOSALS = 40;

/**
 * Requests, commitments, decisions, open questions, problems and subjects of one batch, found in plain code: English well, Russian
 * reasonably. Quotes are whole sentences, exactly as they stand in their messages.
 */
export function findByRules(input: ExtractInput): FoundProposal[] {
  const { timeZone, messages, project, context = [], earlier = [] } = input;
  const all = [...context, ...messages];
  const authors = all.map(({ author }) => author).filter(({ isBot }) => !isBot);
  const people = peopleOf(authors, project?.people);
  const subjects = subjectsOf(input);
  const said = all.flatMap((message, at) => (message.author.isBot ? [] : read(message, at, timeZone, people)));
  // What was said before the batch is only read along: for what is answered here, and in words from here.
  const isHere = ({ at }: Said) => at >= context.length;
  const items = putTogether(all, said, people)
    .filter((item) => item.said.some(isHere) && !wasAsked(item, earlier))
    .slice(0, MOST_PROPOSALS);
  const labelOf = new Map<Item, string>();
  const described = items.flatMap((item) => {
    const proposal = describe(item, subjects, isHere);
    if (proposal.title === "") return [];
    labelOf.set(item, `p${labelOf.size + 1}`);
    return [{ item, proposal }];
  });
  const names = new Set([
    ...authors.flatMap(({ name, username }) => wordsOfName(`${name} ${username ?? ""}`)),
    ...(project?.people ?? []).flatMap(({ name, aliases }) => wordsOfName([name, ...aliases].join(" "))),
  ]);
  const aliasesOf = (part: string) => project?.components.find(({ name }) => name === part)?.aliases ?? [];
  return [
    ...described.map(({ item, proposal }) => ({
      ...proposal,
      id: labelOf.get(item),
      links: tiesOf(item, items, labelOf),
      recommendation: isHere(item.root) ? null : adviceOn(proposal.title, earlier),
    })),
    ...topicsIn(messages, subjects, { names, aliasesOf }),
  ];
}

/** A question that an earlier part of the run proposed in other words: asking again makes it no second one. */
function wasAsked({ type, about }: Item, earlier: readonly string[]): boolean {
  return (
    type === "question" &&
    earlier.some((title) => {
      const words = wordsOf(title);
      return title.endsWith("?") && about.intersection(words).size >= 3 && speaksOfSame(about, words);
    })
  );
}

/** What was asked before this batch and is answered in it was, as a rule, proposed then. */
function adviceOn(title: string, earlier: readonly string[]): FoundProposal["recommendation"] {
  const at = earlier.findIndex((known) => known.toLowerCase() === title.toLowerCase());
  return at === -1 ? null : { action: "update", of: `f${at + 1}`, why: "It was proposed before; here it is answered." };
}

function wordsOfName(name: string): string[] {
  return name.toLowerCase().split(/[\s_]+/u);
}

function read(message: SeenMessage, at: number, timeZone: string, people: People): Said[] {
  return sentencesOf(message.text).flatMap((sentence): Said[] => {
    const language: Language = /\p{Script=Cyrillic}/u.test(sentence.plain) ? "ru" : "en";
    const found = language === "ru" ? readRussian(sentence.plain) : readEnglish(sentence.plain, sentence.isListed);
    const reading = found && { ...found, action: withoutVocative(found.action, people) };
    const done = readDone(sentence, found);
    const readings = [done && found?.kind !== "solution" ? null : reading, done].filter((each) => each !== null);
    return readings
      .filter((each) => !message.forwardedFrom || !isBetweenTwo(each))
      .map((each) => {
        // "Don't deploy on Friday" names a day, but nothing is due then.
        const isTimeless = TIMELESS.has(each.kind) || /^(?:don't|do not|never|не)\s/iu.test(each.action);
        const due = isTimeless ? null : findDue(sentence.plain, { sentAt: message.sentAt, timeZone });
        const words = due ? sentence.plain.slice(due.start, due.end) : "";
        return { message, at, sentence, reading: each, language, due: due ? { date: due.date, words } : null };
      });
  });
}

/** "Yes, the permit is filed" is more than a yes, and "sent the list" more than "done": it says what. */
function readDone({ plain, original }: Sentence, found: Reading | null): Reading | null {
  if (found && found.kind !== "agreement" && found.kind !== "done" && found.kind !== "solution") return null;
  const done = readCompletion(plain, original);
  return done && found && found.kind !== "solution" && !done.action.includes(" ") ? null : done;
}

/** A "yes" or an "I will" in a forward was said elsewhere, to someone else. */
function isBetweenTwo({ kind }: Reading): boolean {
  return kind === "agreement" || kind === "refusal" || kind === "done" || kind === "commitment" || kind === "question";
}

/** "check the numbers, Ada?": who is spoken to is no part of the deed. */
function withoutVocative(action: string, people: People): string {
  const match = /,\s*(?<name>@\w+|\p{Lu}[\p{L}'-]+)\s*[?.!]*$/u.exec(action);
  const name = match?.groups?.name ?? "";
  return match && (name.startsWith("@") || people.find(name)) ? action.slice(0, match.index) : action;
}

const TIMELESS = new Set<Reading["kind"]>([
  "question",
  "problem",
  "blocker",
  "pattern",
  "solution",
  "agreement",
  "refusal",
  "done",
]);
