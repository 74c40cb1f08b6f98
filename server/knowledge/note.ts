import type { NoteDraft, ParsedNote } from "./schema.ts";

/**
 * A note as Markdown with front matter. With `existing` it is an update of that file: unknown keys, their order, comments
 * and sources that Winnow did not write survive, approvals add up; title, body and sources become those of the draft.
 */
export function renderNote(_draft: NoteDraft, _existing?: string): string {
  throw new Error("Not built yet.");
}

/** Reads a note, whoever wrote it; never throws. */
export function parseNote(_markdown: string): ParsedNote {
  throw new Error("Not built yet.");
}
