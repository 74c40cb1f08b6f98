import type { WindowMessage } from "#server/messages/index.ts";
import type { CheckedQuote } from "#server/proposals/schema.ts";

import { checkEvidence } from "./evidence.ts";

/** Words that are said to stand in a message. */
type Claimed = { message: string; text: string };

/** A proposal shows no more quotes than a reviewer would read, and no more claims are looked at than could be meant. */
export const MOST_QUOTES = 12;
const MOST_CLAIMS = 24;

/**
 * The quotes that stand in their messages, each once. `messages` are those of the batch by their labels: what stands in any other
 * proves nothing here.
 */
export function checkedQuotes(
  claims: Claimed[],
  messages: ReadonlyMap<string, WindowMessage>,
): { evidence: CheckedQuote[]; dropped: number } {
  const evidence = new Map<string, CheckedQuote>();
  let dropped = Math.max(0, claims.length - MOST_CLAIMS);
  for (const claim of claims.slice(0, MOST_CLAIMS)) {
    const quote = checkedQuote(claim, messages);
    if (quote) evidence.set(`${quote.messageId}:${quote.start}:${quote.end}`, quote);
    else dropped += 1;
  }
  return { evidence: [...evidence.values()].slice(0, MOST_QUOTES), dropped };
}

/** The words where they stand, or null where they do not. */
export function checkedQuote(
  { message: label, text }: Claimed,
  messages: ReadonlyMap<string, WindowMessage>,
): CheckedQuote | null {
  const message = messages.get(label);
  if (!message || !saysSomething(text, message.text)) return null;
  const place = checkEvidence(message, text);
  if (!place) return null;
  const { start, end } = place;
  return { messageId: message.id, revision: message.revision, start, end, quote: message.text.slice(start, end) };
}

/** A comma or a letter stands in every message and proves nothing; "👍" is all that some messages say. */
function saysSomething(quote: string, text: string): boolean {
  const letters = quote.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const isSign = /[\p{L}\p{N}\p{Extended_Pictographic}+]/u.test(quote);
  return isSign && (letters === 0 || letters > 1 || quote.trim() === text.trim());
}
