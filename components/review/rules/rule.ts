import type { Outputs } from "#components/trpc/client.tsx";
import type { Backtest, RuleConditions } from "#server/proposals/schema.ts";
import { LEAST_DECISIONS } from "#server/proposals/schema.ts";

import { CATEGORY_WORDS, CONFIDENCE_WORDS, counted, KIND_WORDS, percent } from "../words.ts";

export type Rule = Outputs["rules"]["list"][number];
export type Audit = Outputs["rules"]["audits"]["items"][number];
export type Choices = Outputs["rules"]["choices"];

/** What a rule asks of a proposal, each condition in a few words. */
export function conditionsInWords(conditions: RuleConditions, chats: Choices["chats"] | undefined): string[] {
  const { kinds, confidence, noteTypes, categories, chatIds, leastQuotes, leastPeople, leastSureness } = conditions;
  const titles = chatIds.map((id) => chats?.find((chat) => chat.id === id)?.title ?? "a chat");
  const all = [
    orList(kinds.map((kind) => KIND_WORDS[kind].many.toLowerCase())),
    confidence.length > 0 && `${orList(confidence.map((band) => CONFIDENCE_WORDS[band].short))} evidence`,
    noteTypes.length > 0 && `becomes a ${orList(noteTypes)}`,
    orList(categories.map((category) => CATEGORY_WORDS[category].toLowerCase())),
    titles.length > 0 && `said in ${orList(titles)}`,
    leastQuotes > 1 && `at least ${counted(leastQuotes, "quote")}`,
    leastPeople > 1 && `said by at least ${counted(leastPeople, "person", "people")}`,
    leastSureness !== null && `at least ${percent(leastSureness)} sure`,
    conditions.generatedBy.length > 0 && `found by ${orList(conditions.generatedBy)}`,
    conditions.mostSimilar < 1 && `nothing known is more than ${percent(conditions.mostSimilar)} alike`,
  ];
  return all.filter((words): words is string => words !== false && words !== "");
}

/** What a rule would have done with past decisions, as a sentence. */
export function backtestInWords({ decisions, wouldApprove, ofThoseApproved, precision }: Backtest): string {
  if (decisions === 0) return "Nobody has decided anything here yet, so nothing can be said of this rule.";
  const past = decisions === 1 ? "On the last decision" : `On the last ${decisions} decisions`;
  if (wouldApprove === 0 || precision === null) return `${past} this would have approved nothing.`;
  return `${past} this would have approved ${wouldApprove}, of which people approved ${ofThoseApproved} as they stood (${percent(precision)}).`;
}

/** Why a rule cannot be saved with these figures; undefined where it can. */
export function whyUnproven({ wouldApprove, precision }: Backtest, leastPrecision: number): string | undefined {
  if (wouldApprove < LEAST_DECISIONS || precision === null) {
    return `At least ${LEAST_DECISIONS} past decisions have to match. Ask for less, or decide more by hand first.`;
  }
  if (precision * 100 < leastPrecision) {
    return `That is less than the ${leastPrecision} % that it has to reach. Ask for more.`;
  }
  return undefined;
}

const orList = (words: readonly string[]) => new Intl.ListFormat("en-GB", { type: "disjunction" }).format(words);
