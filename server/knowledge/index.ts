import type { FileRules } from "#server/kb/index.ts";

import { indexNotes } from "./index-notes.ts";
import { generateListings, isListing } from "./listings.ts";

export { type Confidence, confidenceOf } from "./confidence.ts";
export { cleanBody, escapeText, linkTarget, quoteText } from "./inert.ts";
export { embedderOf } from "./embedder.ts";
export { isListing } from "./listings.ts";
export { mediaAnswer } from "./media.ts";
export { parseNote, renderNote } from "./note.ts";
export { findPassages, type Passage } from "./passages.ts";
export { type NoteChange, planNote } from "./plan.ts";
export { quoteFor } from "./quote.ts";
export { type RelatedNote, relatedNotes } from "./related.ts";
export { knowledgeFor } from "./topics/knowledge-for.ts";
export { deleteNote, editNote, revertCommit } from "./request.ts";

/** What the files of a knowledge base are: notes, and listings that are made from them. */
export const noteFiles: FileRules = { isGenerated: isListing, generate: generateListings, record: indexNotes };
