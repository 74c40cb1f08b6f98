import { randomInt } from "node:crypto";

import { type Answer, done, refusal } from "./fake-telegram-http.ts";

/** At most this many updates in one answer. */
const MOST_UPDATES = 100;

/** What comes in: updates, and who gets them. */
export function createFakeUpdates() {
  const pending: Array<Record<string, unknown> & { update_id: number }> = [];
  const wakeUps = new Set<() => void>();
  let webhook: Record<string, unknown> = { url: "" };
  let nextUpdateId = randomInt(1_000_000, 900_000_000);
  let isPolled = false;

  const getUpdates = async (body: Record<string, unknown>, gone: AbortSignal): Promise<Answer> => {
    if (webhook["url"]) {
      return refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first");
    }
    if (isPolled) return refusal(409, "Conflict: terminated by other getUpdates request");
    const {
      offset = 0,
      timeout = 0,
      limit = MOST_UPDATES,
    } = body as Partial<Record<"offset" | "timeout" | "limit", number>>;
    const confirm = () => {
      while (pending[0] && pending[0].update_id < offset) pending.shift();
    };
    confirm();
    isPolled = true;
    if (pending.length === 0) await until(wakeUps, timeout * 1000, gone);
    isPolled = false;
    confirm();
    return done(pending.slice(0, limit));
  };

  const setWebhook = (body: Record<string, unknown>): Answer => {
    if (!String(body["url"]).startsWith("https://")) {
      return refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
    }
    webhook = body;
    return done();
  };

  return {
    unconfirmed: () => pending.length,
    push: (update: Record<string, unknown>): number => {
      const updateId = typeof update["update_id"] === "number" ? update["update_id"] : nextUpdateId++;
      pending.push({ ...update, update_id: updateId });
      for (const wake of wakeUps) wake();
      return updateId;
    },
    /** What Telegram says of its webhook from now on, besides what was set. */
    tellOfWebhook: (told: Record<string, unknown>) => {
      webhook = { ...webhook, ...told };
    },
    /** @returns undefined for methods of other kinds */
    answer: (
      method: string,
      body: Record<string, unknown>,
      gone: AbortSignal,
    ): Promise<Answer> | Answer | undefined => {
      switch (method.toLowerCase()) {
        case "getupdates":
          return getUpdates(body, gone);
        case "setwebhook":
          return setWebhook(body);
        case "deletewebhook":
          webhook = { url: "" };
          return done();
        case "getwebhookinfo": {
          const { secret_token: _, ...told } = webhook;
          return done({ has_custom_certificate: false, pending_update_count: pending.length, ...told });
        }
        default:
          return undefined;
      }
    },
  };
}

/** Until someone writes, the long poll is over, or whoever polls is gone. */
function until(wakeUps: Set<() => void>, ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      wakeUps.delete(end);
      gone.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    wakeUps.add(end);
    gone.addEventListener("abort", end);
  });
}
