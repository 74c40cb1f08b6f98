import { createLoader, parseAsString } from "nuqs/server";

import { parseAsUuid } from "#components/review/filters.ts";

/** What the page of messages shows lives in the address; `message` shows the talk around one of them. */
export const messageParams = {
  q: parseAsString.withDefault(""),
  chat: parseAsUuid,
  message: parseAsUuid,
};
export const loadMessageParams = createLoader(messageParams);

/** The question that the list asks: the same on the server and in the browser, so that it is asked once. */
export function messagesInput(spaceId: string, { q, chat }: { q: string; chat: string | null }) {
  return { spaceId, ...(q.trim() ? { search: q.trim() } : {}), ...(chat ? { chatId: chat } : {}), limit: 50 };
}

export const AROUND_RADIUS = 25;
