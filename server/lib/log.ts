import { AsyncLocalStorage } from "node:async_hooks";

import { pino, type Logger } from "pino";

/** One wide line per unit of work. Fields are ids and numbers; never message text, never secrets. */
export type Log = Logger;

/** Field names whose values are never written, at the top level and one below. */
const REDACTED = [
  "text",
  "quote",
  "body",
  "title",
  "payload",
  "password",
  "token",
  "secret",
  "authorization",
  "cookie",
  "apiKey",
];

const facts = new AsyncLocalStorage<Record<string, unknown>>();

/** @param stream where lines go; stdout when not given */
export function createLog(options: { level: string; stream?: { write: (line: string) => void } }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED.flatMap((key) => [key, `*.${key}`]), censor: "[redacted]" },
      serializers: { error: describeError },
    },
    options.stream ?? pino.destination({ sync: true }),
  );
}

/**
 * Runs one unit of work (a request, an update, a job) and logs exactly one line for it: its name, the facts
 * given and noted on the way, the outcome and the duration. An error is logged and thrown on.
 */
export async function unit<T>(
  log: Log,
  name: string,
  given: Record<string, unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const line: Record<string, unknown> = { ...given };
  const startedMs = performance.now();
  const close = (outcome: string, extra: object, level: "info" | "error") =>
    log[level]({ ...line, ...extra, outcome, durationMs: Math.round(performance.now() - startedMs) }, name);
  try {
    const result = await facts.run(line, work);
    close("ok", {}, "info");
    return result;
  } catch (error) {
    // An AppError is an answer; anything else is a bug and shouts.
    const expected = error instanceof Error && error.name === "AppError";
    close(expected ? "refused" : "failed", { error }, expected ? "info" : "error");
    throw error;
  }
}

/** Adds facts to the line of the unit of work that is under way. */
export function note(more: Record<string, unknown>): void {
  Object.assign(facts.getStore() ?? {}, more);
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  const isAppError = error.name === "AppError";
  return { name: error.name, code, message: error.message, ...(isAppError ? {} : { stack: error.stack }) };
}
