export type { FileChange, Kb, Kbs, KbTree, OperationInput } from "./kb.ts";
export { createKbs } from "./open.ts";
export { checkPath } from "./paths.ts";
