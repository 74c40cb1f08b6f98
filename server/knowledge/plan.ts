import type { FileChange, KbTree } from "#server/kb/index.ts";

import type { NoteDraft, NoteType } from "./schema.ts";

export type NoteChange =
  /** A note: at `path` where one is given (an update of that file), else at a free path of its own. */
  | { draft: NoteDraft; path?: string; at: Date }
  /** A file as it is, e.g. back to what it was. */
  | { path: string; content: string }
  | { remove: string };

export type PlannedNote = {
  /** Where the note is, collisions settled. */
  path: string;
  /** Its whole text, or null where it is removed. */
  content: string | null;
  /** The note's file first, then the generated index.md files that it changes. Empty when nothing changes. */
  changes: FileChange[];
};

/** Decides at the tip what is written for a note. */
export async function planNote(_tree: KbTree, _change: NoteChange): Promise<PlannedNote> {
  throw new Error("Not built yet.");
}

/** Where a note belongs, before collisions: `tasks/<day>-<slug>.md` or `topics/<topic>/<day>-<slug>.md`. */
export function notePathFor(_note: { type: NoteType; topic: string | null; title: string; at: Date }): string {
  throw new Error("Not built yet.");
}
