export { escapeText } from "./inert.ts";
export { indexNote, unindexNote } from "./index-note.ts";
export { parseNote, renderNote } from "./note.ts";
export { type NoteChange, notePathFor, type PlannedNote, planNote } from "./plan.ts";
