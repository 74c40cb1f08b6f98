export { createRun, startRun } from "./runs/runs.ts";
