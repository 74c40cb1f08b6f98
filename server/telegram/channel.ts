import type { ChannelPort } from "#server/channels/index.ts";
import { systemClock, type Clock } from "#server/lib/clock.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Log } from "#server/lib/log.ts";

import { downloadFile } from "./download.ts";
import { createDrafts } from "./drafts.ts";
import { appErrorOf, meaningOf } from "./errors.ts";
import { PATIENCE, patientApi, type Patience } from "./patient-api.ts";
import { signalOf } from "./poll.ts";
import { createPosts, inChat } from "./posts.ts";
import { reactionOf } from "./reactions.ts";

/** Telegram lets about one message a second into a chat, and twenty a minute into a group. */
const PACE_MS = { private: 1_000, group: 3_000 };
/** A longer toast is refused. */
const MOST_TOAST = 200;

/**
 * How Winnow speaks in Telegram. Waits when Telegram asks for it, up to a minute a call, and tries again what may pass; what it throws are
 * AppErrors that carry nothing of grammY's, whose errors name the token. A deleted topic is `not_found`: its chat is still there.
 * `react` throws only when cancelled: a sign on a message is decoration, and what it decorates is done already.
 * @param given `now` and `patience` are for tests
 */
export function createTelegramChannel(given: {
  token: string;
  apiRoot: string;
  log: Log;
  now?: Clock;
  patience?: Patience;
}): ChannelPort {
  const { token, log, now = systemClock, patience = PATIENCE } = given;
  const apiRoot = given.apiRoot.replace(/\/+$/, "");
  const api = patientApi({ token, apiRoot, log, patience });
  const posts = createPosts(api, log);
  const draft = createDrafts(api, log, now);
  return {
    name: "telegram",
    paceMs: (place) => (place.kind === "private" ? PACE_MS.private : PACE_MS.group),
    send: (place, shown, options) => answered("sendMessage", options.signal, () => posts.send(place, shown, options)),
    edit: (place, post, shown, options) =>
      answered("editMessageText", options.signal, () => posts.edit(place, post, shown, options)),
    remove: (place, post, options) =>
      answered("deleteMessage", options.signal, () => posts.remove(place, post, options)),
    draft: (place, draftId, text, options) =>
      answered("sendMessageDraft", options.signal, () => draft(place, draftId, text, options)),

    react: async (place, messageExternalId, emoji, { signal }) => {
      const reaction = emoji === null ? undefined : reactionOf(emoji);
      if (emoji !== null && !reaction) return log.debug({ emoji }, "telegram.react: Telegram has no such reaction");
      const put = (chatId: number) =>
        api.setMessageReaction(chatId, Number(messageExternalId), reaction ? [reaction] : [], {}, signalOf(signal));
      try {
        await answered("setMessageReaction", signal, () => inChat(place, put));
      } catch (error) {
        if (error instanceof AppError && error.code === "cancelled") throw error;
        log.debug({ error }, "telegram.react did not succeed");
      }
    },

    acknowledge: (tapId, words, { signal }) =>
      answered("answerCallbackQuery", signal, async () => {
        try {
          const toast = words === null ? {} : { text: words.slice(0, MOST_TOAST).toWellFormed() };
          await api.answerCallbackQuery(tapId, toast, signalOf(signal));
        } catch (error) {
          // The button has stopped waiting by itself.
          if (meaningOf(error) !== "too late") throw error;
        }
      }),

    download: (fileId, { maxBytes, signal }) =>
      answered("getFile", signal, () =>
        downloadFile({ api, token, apiRoot, fileId, maxBytes, deadlineMs: patience.downloadMs, signal }),
      ),
  };
}

/** Nothing but AppErrors comes out. */
async function answered<T>(method: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw appErrorOf(error, method, signal);
  }
}
