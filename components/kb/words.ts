import type { BadgeTone } from "#components/ui/badge.tsx";
import type { ConflictChoice, ConflictSource, KbProblem, KbProgress, OperationKind } from "#server/kb/schema.ts";

import type { Operation } from "./kb.ts";

/** Each state of an operation for people: committed and pushed are told apart. */
export const STATUS_WORDS = {
  queued: { label: "waiting", tone: "neutral" },
  running: { label: "writing", tone: "accent" },
  committed: { label: "committed", tone: "success" },
  pushed: { label: "pushed", tone: "success" },
  conflicted: { label: "in conflict", tone: "warning" },
  failed: { label: "failed", tone: "danger" },
} as const satisfies Record<Operation["status"], { label: string; tone: BadgeTone }>;

const KIND_WORDS = {
  create: "New note",
  edit: "Edit",
  move: "Move",
  delete: "Deletion",
  merge: "Merge",
  revert: "Revert",
  resolve: "Conflict resolved",
  sync: "Taken in",
  hand: "By hand",
  start: "Start",
} as const satisfies Record<OperationKind, string>;

const isKind = (kind: string): kind is OperationKind => Object.hasOwn(KIND_WORDS, kind);

/** What an operation does, in a word or two. A newer server may know a kind that this page does not. */
export const kindInWords = (kind: string): string => (isKind(kind) ? KIND_WORDS[kind] : kind);

/** When two versions of a file met. */
const SOURCE_WORDS = {
  operation: "while writing",
  remote: "while taking in the remote",
  hand: "while taking in the folder",
} as const satisfies Record<ConflictSource, string>;

const isSource = (source: string): source is ConflictSource => Object.hasOwn(SOURCE_WORDS, source);

export const sourceInWords = (source: string): string => (isSource(source) ? SOURCE_WORDS[source] : source);

/** What became of a file in conflict. */
export const CHOSEN_WORDS = {
  ours: "ours was kept",
  theirs: "theirs was kept",
  both: "both were kept, ours as a file of its own",
  edited: "a new text was written",
} as const satisfies Record<ConflictChoice, string>;

export const STAGE_WORDS = {
  connecting: "Connecting to the remote",
  receiving: "Receiving the repository",
  resolving: "Putting together what was received",
  "writing files": "Writing the files into the folder",
  "reading notes": "Reading the notes",
} as const satisfies Record<KbProgress["stage"], string>;

/** What Winnow leaves alone, and what a person can do about it. */
export const PROBLEM_WORDS = {
  "case-clash": {
    what: "Two names that are one on Windows and macOS",
    todo: "Rename one of them, or people there see only one of the two.",
  },
  "not-utf8": {
    what: "A name that is not UTF-8",
    todo: "Rename the file in a clone; until then it stays as it is and is no note.",
  },
  "unusable-name": {
    what: "A name that leads out of the folder or into git's own files",
    todo: "Take it out of the repository: it is never written to a folder.",
  },
  "lfs-pointer": {
    what: "A file that Git LFS keeps elsewhere",
    todo: "Its content is not here. That is fine for media; a note must be stored in git itself.",
  },
  submodule: {
    what: "Another repository inside this one",
    todo: "Its files are no notes here. Copy them in if they are to be.",
  },
  "too-large": {
    what: "A Markdown file over 1 MiB, or one that is not text",
    todo: "Split it, or give it another ending if it is no note.",
  },
} as const satisfies Record<KbProblem["kind"], { what: string; todo: string }>;
