export { kbPush } from "./jobs.ts";
export type { FileChange, Kb, KbCommit, Kbs, KbTree, OperationInput, OperationResult } from "./kb.ts";
export { createKbs } from "./open.ts";
export { checkPath } from "./paths.ts";
