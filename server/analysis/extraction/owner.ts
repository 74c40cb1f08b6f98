import type { WindowMessage } from "#server/messages/index.ts";
import type { CheckedQuote, ProposalDetails } from "#server/proposals/schema.ts";

import type { ProjectContext } from "../schema.ts";
import { oneLine } from "./clean.ts";
import { fold, type Person, peopleOf } from "./people.ts";

/** Says who is to do something: a person that the messages name, or nobody. */
export type Owners = (written: string | null, evidence: CheckedQuote[]) => ProposalDetails["assignee"];

/** Of each message as much is looked through for names. */
const TEXT_LENGTH = 4_000;
const MYSELF = new Set(["i", "me", "myself", "i'll", "я", "мне", "меня", "сам", "сама"]);

/**
 * Who may own what a batch proposes: whoever wrote in it, or is named in it. Of all others, also those who are known here, a name in
 * an answer is an invention.
 */
export function ownersIn(
  batch: { messages: WindowMessage[]; context: WindowMessage[] },
  known: { contributors: Person[]; told: ProjectContext["people"] },
): Owners {
  const authors = batch.messages.map(({ author }) => author).filter(({ isBot }) => !isBot);
  const here = peopleOf(authors);
  // Who writes here is meant before somebody of the same name who does not.
  const everybody = peopleOf([...known.contributors, ...authors], known.told);
  const find = (written: string) => here.find(written) ?? everybody.find(written);
  const isAuthor = (person: Person) =>
    authors.some(({ contributorId, name }) =>
      contributorId === null ? name === person.name : contributorId === person.contributorId,
    );
  const all = [...batch.messages, ...batch.context];
  const named = mentionsIn(all.map(folded), find);
  /** What is quoted, and what that answers. */
  const textsOf = (evidence: CheckedQuote[]) => {
    const quoted = batch.messages.filter(({ id }) => evidence.some(({ messageId }) => messageId === id));
    const answered = all.filter(({ id }) => quoted.some(({ replyToId }) => replyToId === id));
    return [...quoted, ...answered].map(folded);
  };

  return (written, evidence) => {
    const name = oneLine(written ?? "", 120);
    const bare = name.replace(/^@/u, "");
    if (bare === "") return null;
    if (MYSELF.has(bare.toLowerCase().replaceAll("’", "'"))) {
      const speaker = batch.messages.find(({ id }) => id === evidence[0]?.messageId)?.author;
      return speaker && !speaker.isBot ? assignee(speaker) : null;
    }
    const person = find(name) ?? find(bare);
    if (person && (isAuthor(person) || named.has(personKey(person)))) return assignee(person);
    // Somebody whom nobody knows is named in the very words that the proposal rests on, or is an invention.
    if (!isWritten(bare, textsOf(evidence))) return null;
    return person ? assignee(person) : { name: bare, contributorId: null };
  };
}

function folded({ text }: WindowMessage): string {
  return ` ${fold(text.slice(0, TEXT_LENGTH))} `;
}

function assignee({ name, contributorId }: Person): ProposalDetails["assignee"] {
  return { name: oneLine(name, 120), contributorId };
}

/** Everybody who is named by one word of the texts, in whatever case. */
function mentionsIn(texts: string[], find: (written: string) => Person | null): ReadonlySet<string> {
  const words = new Set(texts.flatMap((text) => text.match(/@?[\p{L}\p{N}][\p{L}\p{N}_-]*/gu) ?? []));
  return new Set([...words].flatMap((word) => find(word) ?? []).map(personKey));
}

function personKey({ contributorId, name }: Person): string {
  return contributorId ?? name;
}

/** Whether the name stands in a text as words of its own: "Al" does not stand in "also". */
function isWritten(name: string, texts: string[]): boolean {
  const wanted = fold(name);
  return texts.some((text) => {
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
      if (!/[\p{L}\p{N}]/u.test(text.charAt(at - 1)) && !/[\p{L}\p{N}]/u.test(text.charAt(at + wanted.length)))
        return true;
    }
    return false;
  });
}
