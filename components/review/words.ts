import { FileText, Hash, Lightbulb, type LucideIcon, SquareCheck } from "lucide-react";

import type { BadgeTone } from "#components/ui/badge.tsx";
import type { Category, Confidence, Intent, Priority, ProposalKind, ProposalStatus } from "#server/proposals/schema.ts";

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
