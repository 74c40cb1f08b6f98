export { analysisHandlers } from "./handlers.ts";
export { createRun, startRun } from "./runs.ts";
