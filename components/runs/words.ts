import type { BadgeTone } from "#components/ui/badge.tsx";
import type { BatchStatus, RunStatus, RunTrigger, SkipReason } from "#server/analysis/schema.ts";

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

/** How a run came to be, where nobody simply started it. */
export const TRIGGER_WORDS = {
  manual: null,
  automatic: "Started by itself",
  scheduled: "By the schedule",
  clone: "Read again",
} as const satisfies Record<RunTrigger, string | null>;

/** Why a message is left out before the model: as a heading, in a list, and what it means. */
export const SKIP_WORDS = {
  read_before: {
    label: "Read before",
    about: "Another run has read it with the same prompt, and it has not been edited since.",
  },
  greeting: { label: "Greetings and thanks", about: "A greeting, thanks or a wish, and nothing else." },
  reaction: { label: "Reactions", about: "A short answer, a laugh or a sign that answers no question and no request." },
  bot: { label: "Said by bots", about: "A bot said it." },
  command: { label: "Commands", about: "It is for a bot." },
  no_words: { label: "Without words", about: "A picture, a file or a sticker without a text." },
} as const satisfies Record<SkipReason, { label: string; about: string }>;

/** How a call to a model ended. What a newer server says is shown as it is. */
export const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  ok: "answered",
  timeout: "took too long",
  rate_limited: "asked too often",
  unavailable: "not there",
  bad_answer: "not usable",
  refused: "refused",
  cancelled: "given up",
};
