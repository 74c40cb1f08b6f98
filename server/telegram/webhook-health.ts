import type { Api } from "grammy";

import { ALLOWED_UPDATES } from "./allowed-updates.ts";
import { appErrorOf } from "./errors.ts";
import { signalOf } from "./poll.ts";

/** How Telegram's side of the webhook stands. */
export type WebhookHealth = {
  /** Whether updates are sent to where we listen. */
  isUrlOurs: boolean;
  /** Updates that wait to be sent. */
  pendingCount: number;
  /** Why Telegram could not send one, the last time, in its words; null where it always could. */
  lastErrorText: string | null;
  lastErrorAt: Date | null;
  /** Kinds of updates that we want and Telegram does not send. */
  missingUpdates: string[];
  /** Whether the bot hears everything in groups. Without, it hears commands, mentions and answers, unless it is an administrator. */
  canReadGroups: boolean;
};

/**
 * Asks Telegram how the webhook stands.
 * @param given `url` is where we listen
 * @throws AppError `unavailable` where Telegram does not answer
 */
export async function checkWebhook(api: Api, given: { url: string; signal: AbortSignal }): Promise<WebhookHealth> {
  const { url, signal } = given;
  try {
    const [info, me] = await Promise.all([api.getWebhookInfo(signalOf(signal)), api.getMe(signalOf(signal))]);
    const sent: readonly string[] = info.allowed_updates ?? [];
    return {
      isUrlOurs: info.url === url,
      pendingCount: info.pending_update_count,
      lastErrorText: info.last_error_message ?? null,
      lastErrorAt: info.last_error_date === undefined ? null : new Date(info.last_error_date * 1000),
      missingUpdates: ALLOWED_UPDATES.filter((kind) => !sent.includes(kind)),
      canReadGroups: me.can_read_all_group_messages,
    };
  } catch (error) {
    throw appErrorOf(error, "getWebhookInfo", signal);
  }
}

/** What an admin should know of the webhook, and do: one sentence each; none where all is well. */
export function webhookSentences(health: WebhookHealth): string[] {
  const { isUrlOurs, pendingCount, lastErrorText, lastErrorAt, missingUpdates, canReadGroups } = health;
  const sentences: string[] = [];
  if (!isUrlOurs) {
    sentences.push(
      "Telegram does not send updates to this address, so nothing arrives. Restart Winnow to set it, and see that no other program uses this bot's token.",
    );
  }
  if (lastErrorText !== null) {
    const when = lastErrorAt === null ? "" : ` at ${lastErrorAt.toISOString()}`;
    sentences.push(`Telegram could not deliver an update${when}: ${lastErrorText}. It tries again by itself.`);
  }
  if (pendingCount > 0) {
    const waiting = pendingCount === 1 ? "1 update waits" : `${pendingCount} updates wait`;
    sentences.push(
      `${waiting} at Telegram. That is usual for a moment; if it grows, check that this address can be reached.`,
    );
  }
  if (missingUpdates.length > 0) {
    sentences.push(`Telegram does not send ${missingUpdates.join(", ")}. Restart Winnow to ask for these again.`);
  }
  if (!canReadGroups) {
    sentences.push(
      "In groups the bot hears only commands, mentions and answers to it. Turn privacy mode off with /setprivacy at @BotFather and add the bot again, or make it an administrator.",
    );
  }
  return sentences;
}
