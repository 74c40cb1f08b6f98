export { approve, reject } from "./decide.ts";
export { propose } from "./propose.ts";
