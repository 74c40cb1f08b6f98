import type { Confidence } from "#server/proposals/schema.ts";

import type { PastDecisions } from "../context/past-decisions.ts";

/** What is known about a proposal besides its words. */
export type Grounds = {
  /** 0 to 1, from whoever proposed it. */
  sureness: number;
  /** Why, in the proposer's words; "" where it says nothing. */
  why: string;
  /** The model's own figure is worth telling; the rules engine's is not. */
  isModel: boolean;
  /** A model was to answer and did not. */
  fellBack: boolean;
  quotesChecked: number;
  quotesDropped: number;
  /** How many different people are quoted. */
  people: number;
  /** Everything quoted was forwarded from elsewhere. */
  isForwarded: boolean;
  isTask: boolean;
  hasOwner: boolean;
  hasDue: boolean;
  /** Whoever proposed it would reject it. */
  isDoubted: boolean;
  /** How reviewers decided on what was like it. */
  past: PastDecisions;
};

const STRONG_FROM = 0.8;
const FAIR_FROM = 0.55;
/** What each similar decision adds or takes, and all of them together at most. */
const PER_DECISION = 0.05;
const MOST_OF_DECISIONS = 0.15;

/** How much a reviewer may rely on a proposal, and why, as short sentences. Without a checked quote it is weak, whatever its proposer says. */
export function confidenceOf(grounds: Grounds): { confidence: Confidence; reasons: string[] } {
  const { sureness, people, quotesChecked, quotesDropped, isTask, hasOwner, hasDue, isForwarded, isDoubted } = grounds;
  const score =
    (Number.isFinite(sureness) ? Math.min(1, Math.max(0, sureness)) : 0) +
    Math.min(0.15, Math.max(0, people - 1) * 0.1) +
    (isTask && hasOwner ? 0.05 : 0) +
    (isTask && hasDue ? 0.05 : 0) -
    (quotesDropped > 0 ? 0.2 : 0) -
    (isForwarded ? 0.15 : 0) -
    (isDoubted ? 0.3 : 0) +
    weightOf(grounds.past);
  const band = score >= STRONG_FROM ? "strong" : score >= FAIR_FROM ? "fair" : "weak";
  return { confidence: quotesChecked === 0 ? "weak" : band, reasons: reasonsOf(grounds) };
}

function weightOf({ approved, rejected }: PastDecisions): number {
  return Math.max(-MOST_OF_DECISIONS, Math.min(MOST_OF_DECISIONS, (approved - rejected) * PER_DECISION));
}

function reasonsOf(grounds: Grounds): string[] {
  const { sureness, why, isModel, fellBack, quotesChecked, quotesDropped, people, isForwarded, isDoubted } = grounds;
  const percent = Math.round(Math.min(1, Math.max(0, sureness)) * 100);
  const reasons = [
    quotesChecked === 0 && "No quote could be found in the messages.",
    quotesChecked === 1 && "The quote was checked and stands in its message.",
    quotesChecked > 1 && `${quotesChecked} quotes were checked and stand in their messages.`,
    quotesChecked > 0 && quotesDropped === 1 && "One more quote was not found and left out.",
    quotesChecked > 0 && quotesDropped > 1 && `${quotesDropped} more quotes were not found and left out.`,
    people >= 2 && `${people} people speak of it.`,
    isForwarded && "It was forwarded from elsewhere.",
    ownerAndDate(grounds),
    pastInWords(grounds.past),
    isDoubted && "It is doubtful whether it is worth keeping.",
    why !== "" && why,
    isModel && Number.isFinite(sureness) && `The model says it is ${percent}% sure.`,
    fellBack && "The model did not answer; the rules engine found this.",
  ];
  return reasons.filter((reason) => reason !== false);
}

function pastInWords({ approved, rejected }: PastDecisions): string | false {
  const all = approved + rejected;
  if (all === 0) return false;
  if (all === 1) return `A similar proposal was ${approved === 1 ? "approved" : "rejected"} before.`;
  const how = approved === 0 ? "none" : approved === all ? "all" : String(approved);
  return `Of ${all} similar proposals before, ${how} ${approved === 1 ? "was" : "were"} approved.`;
}

function ownerAndDate({ isTask, hasOwner, hasDue }: Grounds): string | false {
  if (!isTask) return false;
  if (hasOwner) return hasDue ? "It is clear who is to do it and by when." : "It is clear who is to do it.";
  return hasDue ? "It is clear by when, but not who is to do it." : "Nobody is named to do it.";
}
