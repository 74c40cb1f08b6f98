export { KbConflict } from "./conflict-rows.ts";
export type { FileChange, FileRules, Kb, Kbs, KbTree, OperationInput, RecordedChange } from "./kb.ts";
export { hasConflictMarkers, isNoteText } from "./note-text.ts";
export { createKbs } from "./open.ts";
export { checkPath, foldPath } from "./paths.ts";
export { mergeVersions } from "./git/three-way.ts";
export { permalink } from "./permalink.ts";
export { requestOperation } from "./request.ts";
export { keepInStep } from "./timer.ts";
