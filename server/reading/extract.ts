import { Worker } from "node:worker_threads";

import pLimit from "p-limit";

import type { Extracted, Task } from "./extracted.ts";

/** What one extraction may cost. */
export type Bounds = { deadlineMs: number; memoryBytes: number };

const BOUNDS: Bounds = { deadlineMs: 15_000, memoryBytes: 512 * 1024 * 1024 };
const LOOK_EVERY_MS = 25;

/**
 * Above what `memoryBytes` stops. The engine's own limit is the second line and not the first: where one large array reaches
 * it, the engine ends the whole process, not the worker; and it does not count bytes outside its heap.
 */
const LIMITS = { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 };

/** One at a time, so that the memory by which the process grows is that of one file. */
const inTurn = pLimit(1);

/**
 * Opens one file in a worker, which has neither the environment nor a word on the console, and ends with it.
 * @returns `unreadable` also where the worker takes too long, grows too large or breaks; what it had when the signal aborted
 * is of no use
 */
export function extract(task: Task, given: { signal: AbortSignal; bounds?: Bounds }): Promise<Extracted> {
  return inTurn(() => (given.signal.aborted ? STOPPED : inWorker(task, given.signal, given.bounds ?? BOUNDS)));
}

const STOPPED: Extracted = { type: "unreadable", why: "Reading was stopped before its end." };
const TOO_LARGE: Extracted = { type: "unreadable", why: "The file takes too much memory to unpack; it was not read." };
const BROKEN: Extracted = {
  type: "unreadable",
  why: "The file is damaged or not what it says it is; it could not be read.",
};

async function inWorker(task: Task, signal: AbortSignal, bounds: Bounds): Promise<Extracted> {
  const beforeBytes = process.memoryUsage.rss();
  const { promise, resolve } = Promise.withResolvers<Extracted>();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: task,
    transferList: "bytes" in task ? [task.bytes.buffer] : [],
    resourceLimits: LIMITS,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() - beforeBytes > bounds.memoryBytes) resolve(TOO_LARGE);
  }, LOOK_EVERY_MS);
  const late = `The file could not be read within ${bounds.deadlineMs / 1000} seconds.`;
  const deadline = setTimeout(() => resolve({ type: "unreadable", why: late }), bounds.deadlineMs);
  const onAbort = () => resolve(STOPPED);
  signal.addEventListener("abort", onAbort);
  worker.once("message", (answer: Extracted) => resolve(answer));
  worker.once("error", (error) => resolve(isOutOfMemory(error) ? TOO_LARGE : BROKEN));
  worker.once("exit", () => resolve(BROKEN));
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    clearTimeout(deadline);
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
