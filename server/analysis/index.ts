export { passedOver } from "./learning/missed.ts";
export { analysisPrompts } from "./prompts.ts";
export { createRun } from "./runs/create.ts";
export { startRun } from "./runs/runs.ts";
export { keepReading } from "./runs/timer.ts";
export { keepSweeping } from "./sweep/timer.ts";
