export { approve, reject } from "./decide.ts";
export { propose } from "./propose.ts";
export { undo } from "./undo.ts";
