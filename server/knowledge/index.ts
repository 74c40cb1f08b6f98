import type { FileRules } from "#server/kb/index.ts";

import { indexNotes } from "./index-notes.ts";
import { generateListings, isListing } from "./listings.ts";

export { cleanBody, escapeText } from "./inert.ts";
export { isListing } from "./listings.ts";
export { parseNote, renderNote } from "./note.ts";
export { type NoteChange, planNote } from "./plan.ts";
export { revertCommit } from "./request.ts";

/** What the files of a knowledge base are: notes, and listings that are made from them. */
export const noteFiles: FileRules = { isGenerated: isListing, generate: generateListings, record: indexNotes };
