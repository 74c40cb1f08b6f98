export { createRun, startRun } from "./runs.ts";
