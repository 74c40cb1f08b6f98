import { AppError } from "./errors.ts";
import type { Log } from "./log.ts";

/** What a parent and the processes that it forked tell each other. */
export type ToParent = { type: "ready"; url?: string };
export type ToChild = { type: "stop" };

/** A stop that takes longer than this has hung; everything committed is safe, so the process just ends. */
const STOP_LIMIT_MS = 20_000;

/**
 * Runs a long-lived process: tells its parent when it is ready, stops in order on SIGTERM, Ctrl-C, the parent's word or
 * the parent's death, and ends with one sentence and exit code 1 when it cannot work.
 * @param start what to do; `log` is given as soon as there is one, and hears of bugs
 */
export async function runProcess(
  start: (useLog: (log: Log) => void) => Promise<{ url?: string; stop: () => Promise<void>; ended?: Promise<void> }>,
): Promise<void> {
  let log: Log | undefined;
  const fail = (error: unknown): never => {
    if (error instanceof AppError || !log) process.stderr.write(`${inWords(error)}\n`);
    else log.fatal({ error }, "process failed");
    process.exit(1);
  };
  // A broken promise that nobody waits for: what it leaves behind is unknown, so the process ends and its parent starts another.
  process.on("unhandledRejection", fail);
  try {
    const running = await start((given) => {
      log = given;
    });
    let isStopping = false;
    const stop = () => {
      if (isStopping) return;
      isStopping = true;
      setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
      running.stop().then(() => process.exit(0), fail);
    };
    running.ended?.then(stop, fail);
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
    process.on("disconnect", stop);
    process.on("message", (message) => {
      if (isMessage(message) && message.type === "stop") stop();
    });
    const ready: ToParent = { type: "ready", ...(running.url ? { url: running.url } : {}) };
    if (process.send) process.send(ready);
    else log?.info({ url: running.url }, "process.ready");
    // The parent died while we were starting.
    if (process.send && !process.connected) stop();
  } catch (error) {
    fail(error);
  }
}

/** One sentence for what a person can act on; the whole trace for a bug. */
export function inWords(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isMessage(message: unknown): message is { type: unknown } {
  return typeof message === "object" && message !== null && "type" in message;
}
