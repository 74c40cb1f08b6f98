import type { Passage } from "#server/knowledge/index.ts";

import { withoutLinks } from "../plain-links.ts";
import { UNKNOWN } from "./prompt.ts";

/** A source of an answer: its number in the text, and what was read there. */
export type Cited = { number: number; passage: Passage };

/**
 * Takes an answer apart into its text and its sources: numbers of passages that were read are put in the order in which they come, from
 * 1; any other number is taken out, for nobody may be shown a source that was not read.
 */
export function citeSources(
  answer: string,
  passages: readonly Passage[],
): { text: string; cited: Cited[]; isUnknown: boolean } {
  if (answer.trim() === "" || answer.includes(UNKNOWN)) return { text: "", cited: [], isUnknown: true };
  const order: Passage[] = [];
  const numberOf = (passage: Passage) => {
    if (!order.includes(passage)) order.push(passage);
    return order.indexOf(passage) + 1;
  };
  const text = answer.replaceAll(/[ \t]*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\](?!\()/g, (_, list: string) => {
    const read = list.split(/[,;]/).flatMap((number) => passages[Number(number) - 1] ?? []);
    return read.map((passage) => ` [${numberOf(passage)}]`).join("");
  });
  return {
    text: withoutLinks(text.toWellFormed().replaceAll("\0", "")),
    cited: order.map((passage, index) => ({ number: index + 1, passage })),
    isUnknown: false,
  };
}
