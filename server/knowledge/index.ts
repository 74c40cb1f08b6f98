export { cleanBody, escapeText } from "./inert.ts";
export { indexNote, unindexNote } from "./index-note.ts";
export { parseNote, renderNote } from "./note.ts";
export { type NoteChange, planNote } from "./plan.ts";
