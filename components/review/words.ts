import { FileText, Hash, Lightbulb, type LucideIcon, SquareCheck } from "lucide-react";

import type { BadgeTone } from "#components/ui/badge.tsx";
import {
  type Category,
  type Confidence,
  type Intent,
  type Priority,
  type ProposalKind,
  type ProposalStatus,
  type Recommendation,
  type RejectCode,
  type Relation,
  wordsOfCode,
} from "#server/proposals/schema.ts";

export const KIND_WORDS = {
  task: { one: "Task", many: "Tasks", icon: SquareCheck },
  atom: { one: "Fact", many: "Facts", icon: Lightbulb },
  topic: { one: "Topic", many: "Topics", icon: Hash },
  note: { one: "Note", many: "Notes", icon: FileText },
} as const satisfies Record<ProposalKind, { one: string; many: string; icon: LucideIcon }>;

export const STATUS_WORDS = {
  pending: { label: "Waiting", tone: "accent" },
  approved: { label: "Approved", tone: "success" },
  rejected: { label: "Rejected", tone: "danger" },
  merged: { label: "Merged", tone: "neutral" },
} as const satisfies Record<ProposalStatus, { label: string; tone: BadgeTone }>;

/** How well the quotes carry the claim; said in words, with bars beside them. */
export const CONFIDENCE_WORDS = {
  strong: { label: "Strong evidence", short: "strong", bars: 3 },
  fair: { label: "Fair evidence", short: "fair", bars: 2 },
  weak: { label: "Weak evidence", short: "weak", bars: 1 },
} as const satisfies Record<Confidence, { label: string; short: string; bars: number }>;

/** What whoever proposed it would do with it. */
export const RECOMMENDATION_WORDS = {
  new: { short: "new", long: "Keep it as something new" },
  update: { short: "known subject", long: "Add it to the note that is there" },
  merge: { short: "said twice", long: "Merge it with the other one" },
  reject: { short: "duplicate", long: "Reject it as a duplicate" },
} as const satisfies Record<Recommendation, { short: string; long: string }>;

export const RELATION_WORDS = {
  solves: "Solves",
  contradicts: "Contradicts",
  supports: "Supports",
  refines: "Refines",
  depends_on: "Depends on",
  continues: "Continues",
} as const satisfies Record<Relation, string>;

export const PRIORITY_WORDS = {
  low: "Low",
  medium: "Medium",
  high: "High",
  critical: "Critical",
} as const satisfies Record<Priority, string>;

export const CATEGORY_WORDS = {
  bug: "Bug",
  feature: "Feature",
  improvement: "Improvement",
  question: "Question",
  chore: "Chore",
  docs: "Docs",
} as const satisfies Record<Category, string>;

export const INTENT_WORDS = {
  commitment: "Someone said they will",
  request: "Someone asked for it",
  idea: "An idea, not a promise",
  decision: "A decision",
  question: "A question",
  statement: "A statement",
} as const satisfies Record<Intent, string>;

/** "1 proposal", "3 proposals" */
export const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

/** Why something was rejected, as people said it or as its key says it. */
export const inWords = (why: { code: RejectCode; reason?: string } | undefined): string | undefined =>
  why && (why.reason ?? wordsOfCode(why.code));

/** A share from 0 to 1 as people read it: "91 %". Rounded down, so that 100 % means all. */
export const percent = (share: number) => `${Math.floor(share * 100 + 1e-9)} %`;
