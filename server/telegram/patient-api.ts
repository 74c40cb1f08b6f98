import { autoRetry } from "@grammyjs/auto-retry";
import { Api, type Transformer } from "grammy";

import type { Log } from "#server/lib/log.ts";

import { pause } from "./asking.ts";

/** How patient calls are. */
export type Patience = {
  /** After so long without an answer a connection hangs. */
  hangS: number;
  /** After the first failure of a call; each further one doubles it. */
  firstPauseMs: number;
  /** How often a call is tried that finds Telegram broken or not there. */
  tries: number;
  /** Who is asked to wait longer gives up: its job comes back later. */
  longestWaitS: number;
  /** A file that is not here after so long is given up. */
  downloadMs: number;
};

export const PATIENCE: Patience = { hangS: 30, firstPauseMs: 1_000, tries: 3, longestWaitS: 60, downloadMs: 30_000 };
/** How often in a row a call lets itself be put off. */
const MOST_WAITS = 5;

/** An `Api` that waits when Telegram asks for it, and tries again what may pass; a signal ends that too. */
export function patientApi(given: { token: string; apiRoot: string; log: Log; patience: Patience }): Api {
  const { token, apiRoot, log, patience } = given;
  const api = new Api(token, { apiRoot: apiRoot.replace(/\/+$/, ""), timeoutSeconds: patience.hangS });
  api.config.use(tryAgain(log, patience));
  // It would try again without end where nobody answers, and after three seconds at the soonest: that part is ours.
  api.config.use(
    autoRetry({
      maxDelaySeconds: patience.longestWaitS,
      maxRetryAttempts: MOST_WAITS,
      rethrowInternalServerErrors: true,
      rethrowHttpErrors: true,
    }),
  );
  return api;
}

/**
 * Tries again what Telegram did not answer, or answered with a fault of its own. A message whose answer was lost may be in the chat
 * already, and then it is there twice: the Bot API has no key to tell, and a message too many is better than an answer that is missing.
 */
function tryAgain(log: Log, { tries, firstPauseMs }: Patience): Transformer {
  return async (call, method, payload, signal) => {
    const stopping = signal as AbortSignal | undefined;
    for (let round = 1; ; round++) {
      const isLast = round === tries || stopping?.aborted === true;
      try {
        const answer = await call(method, payload, signal);
        if (!answer.ok && answer.error_code === 429) {
          log.warn({ method, waitS: answer.parameters?.retry_after }, "telegram.call has to wait");
        }
        if (answer.ok || answer.error_code < 500 || isLast) return answer;
        log.warn({ method, status: answer.error_code, round }, "telegram.call met a fault of Telegram");
      } catch (error) {
        if (isLast || stopping?.aborted) throw error;
        // Of the error nothing: it names the address, which carries the token.
        log.warn({ method, round }, "telegram.call was not answered");
      }
      await pause(firstPauseMs * 2 ** (round - 1), stopping ?? new AbortController().signal);
    }
  };
}
