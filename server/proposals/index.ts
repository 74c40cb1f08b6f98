export { approve, reject } from "./decide.ts";
export { merge } from "./merge.ts";
export { propose } from "./propose.ts";
export { mergeTargets } from "./merge-targets.ts";
export { proposalById } from "./queries.ts";
export { takeBack, undo } from "./undo.ts";
