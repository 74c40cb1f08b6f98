export { defineJob, enqueue } from "./define.ts";
export { type Handler, handle, type JobRun, type Queue, startQueue } from "./queue.ts";
export { prepareQueue } from "./prepare.ts";
