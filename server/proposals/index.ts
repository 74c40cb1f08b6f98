export { approve, reject } from "./decide.ts";
export { propose } from "./propose.ts";
export { proposalHandlers } from "./handlers.ts";
export { undo } from "./undo.ts";
