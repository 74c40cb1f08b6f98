import { escapeText, quoteText } from "#server/knowledge/index.ts";
import type { NewProposal, ProposalDetails } from "#server/proposals/schema.ts";

import type { OldWords } from "../context/words-of-notes.ts";
import { shortened } from "./clean.ts";

const QUOTE_LENGTH = 600;

/**
 * A proposal that says the opposite of a note, with the words of both: below its own text stands what the note rests on, and those
 * words are evidence too.
 */
export function withContradiction(
  proposal: NewProposal,
  retires: NonNullable<ProposalDetails["retires"]>,
  oldWords: OldWords[],
): NewProposal {
  const say = /\p{Script=Cyrillic}/u.test(proposal.title) ? RUSSIAN : ENGLISH;
  const title = escapeText(retires.title);
  const quotes = oldWords.map(
    ({ quote, author, sentAt }) =>
      `${escapeText(author)}, ${sentAt.toISOString().slice(0, 10)}:\n\n${quoteText(shortened(quote.quote, QUOTE_LENGTH))}`,
  );
  const below = [oldWords.length === 0 ? say.alone(title) : say.with(title), ...quotes].join("\n\n");
  const known = new Set(proposal.evidence.map(({ messageId, start, end }) => `${messageId}:${start}:${end}`));
  const old = oldWords.flatMap(({ quote }) =>
    known.has(`${quote.messageId}:${quote.start}:${quote.end}`) ? [] : [quote],
  );
  return {
    ...proposal,
    body: [proposal.body, below].filter((part) => part !== "").join("\n\n"),
    evidence: [...proposal.evidence, ...old],
  };
}

const ENGLISH = {
  alone: (title: string) => `This contradicts the note “${title}”.`,
  with: (title: string) => `This contradicts the note “${title}”, which rests on:`,
};
const RUSSIAN = {
  alone: (title: string) => `Это противоречит заметке «${title}».`,
  with: (title: string) => `Это противоречит заметке «${title}», которая опирается на слова:`,
};
