import { GrammyError, HttpError } from "grammy";

import type { Log } from "#server/lib/log.ts";

const LONGEST_PAUSE_MS = 30_000;
/** A token that Telegram does not know, or another program that polls: a person must act first. */
const HOPELESS_PAUSE_MS = 60_000;

/** How something is asked of Telegram. */
export type Asking = {
  log: Log;
  /** Ends the asking. */
  signal: AbortSignal;
  /** After the first failure; each further one doubles it. */
  firstPauseMs: number;
};

/**
 * Asks Telegram again and again until it does as asked, as slowly as it wishes.
 * @param what for the log, such as `setWebhook`
 * @returns undefined when stopped
 */
export async function untilAnswered<T>(asking: Asking, what: string, ask: () => Promise<T>): Promise<T | undefined> {
  const { log, signal } = asking;
  let pauseMs = asking.firstPauseMs;
  while (!signal.aborted) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) break;
      const wishMs = waitAskedFor(error);
      log.warn(
        { what, reason: reasonOf(error), waitMs: wishMs ?? pauseMs },
        "telegram.ask did not succeed; trying again",
      );
      await pause(wishMs ?? pauseMs, signal);
      if (wishMs === undefined) pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
  return undefined;
}

/** What may be logged of an error: grammY's carry the request, and its URL the token. */
function reasonOf(error: unknown): string {
  if (error instanceof GrammyError) {
    const advice = error.error_code === 401 || error.error_code === 404 ? " Check TELEGRAM_BOT_TOKEN." : "";
    return `${error.error_code} ${error.description}.${advice}`;
  }
  if (error instanceof HttpError) return "Telegram could not be reached, or took too long.";
  return error instanceof Error ? error.name : "unknown";
}

/** Ends early when stopped. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

/** How long Telegram wants to be left alone, or how long it makes sense to; undefined where that is up to us. */
function waitAskedFor(error: unknown): number | undefined {
  if (!(error instanceof GrammyError)) return undefined;
  if (error.parameters.retry_after !== undefined) return error.parameters.retry_after * 1_000;
  return [401, 404].includes(error.error_code) ? HOPELESS_PAUSE_MS : undefined;
}
