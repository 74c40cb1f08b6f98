export { cleanBody, escapeText } from "./inert.ts";
export { indexNote, unindexNote } from "./index-note.ts";
export { parseNote, renderNote } from "./note.ts";
export { notePathFor } from "./note-path.ts";
export { type NoteChange, type PlannedNote, planNote } from "./plan.ts";
