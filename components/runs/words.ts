import type { BadgeTone } from "#components/ui/badge.tsx";
import type { BatchStatus, RunStatus } from "#server/analysis/schema.ts";

/** Each state of a run for people; an open run keeps its space from starting another. */
export const RUN_WORDS = {
  pending: { label: "Not started", tone: "neutral", isOpen: true },
  running: { label: "Reading", tone: "accent", isOpen: true },
  completed: { label: "To review", tone: "accent", isOpen: true },
  reviewed: { label: "Reviewed", tone: "success", isOpen: true },
  closed: { label: "Closed", tone: "neutral", isOpen: false },
  failed: { label: "Failed", tone: "danger", isOpen: false },
  cancelled: { label: "Cancelled", tone: "neutral", isOpen: false },
} as const satisfies Record<RunStatus, { label: string; tone: BadgeTone; isOpen: boolean }>;

export const BATCH_WORDS = {
  pending: { label: "Waiting", tone: "neutral" },
  running: { label: "Reading", tone: "accent" },
  done: { label: "Done", tone: "success" },
  failed: { label: "Failed", tone: "danger" },
  cancelled: { label: "Cancelled", tone: "neutral" },
} as const satisfies Record<BatchStatus, { label: string; tone: BadgeTone }>;
