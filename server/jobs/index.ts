export { defineJob, enqueue, enqueueCall, type JobCall, jobCall, rehomeJobs } from "./define.ts";
export { type Handler, handle, isForGood, type JobRun, type Queue, startQueue } from "./queue.ts";
export { prepareQueue } from "./prepare.ts";
