import { type Api, GrammyError } from "grammy";

import type { ChannelPort } from "#server/channels/index.ts";
import type { Clock } from "#server/lib/clock.ts";
import type { Log } from "#server/lib/log.ts";

import { formattedOf } from "./markdown.ts";
import { signalOf } from "./poll.ts";
import { inChat, leniently } from "./posts.ts";
import { partsOf } from "./split.ts";

/** A chat that cannot show drafts is not asked again for so long. */
const FORGET_MS = 3_600_000;

/**
 * Shows what is being written, in private chats: Telegram has drafts nowhere else. Of a text that is longer than a message its end is shown.
 * The person may stop it; that comes as an update of its own.
 */
export function createDrafts(api: Api, log: Log, now: Clock): ChannelPort["draft"] {
  const unableUntil = new Map<string, number>();
  return async (place, draftId, markdown, { signal }) => {
    const nowMs = now().getTime();
    for (const [chatId, untilMs] of unableUntil) if (untilMs <= nowMs) unableUntil.delete(chatId);
    if (place.kind !== "private" || unableUntil.has(place.externalId)) return false;
    // Nothing yet is shown by Telegram as thinking.
    const { text, entities } = [...partsOf(formattedOf(markdown))].at(-1) ?? { text: "", entities: [] };
    const thread = place.threadId === "" ? {} : { message_thread_id: Number(place.threadId) };
    try {
      await inChat(place, (chatId) =>
        leniently(log, entities, [], (marks) =>
          api.sendMessageDraft(chatId, draftId, text, { ...thread, entities: marks, can_stop: true }, signalOf(signal)),
        ),
      );
      return true;
    } catch (error) {
      if (!(error instanceof GrammyError) || ![400, 404].includes(error.error_code)) throw error;
      log.info({ status: error.error_code }, "telegram.draft is not for this chat; its posts are edited instead");
      unableUntil.set(place.externalId, nowMs + FORGET_MS);
      return false;
    }
  };
}
