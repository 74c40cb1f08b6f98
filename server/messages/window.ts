import type { Db } from "#server/lib/db.ts";

/** A message as an analysis reads it. */
export type WindowMessage = {
  id: string;
  chatId: string;
  chatTitle: string;
  externalId: string;
  revision: number;
  kind: string;
  text: string;
  sentAt: Date;
  author: { contributorId: string | null; name: string; username: string | null; isBot: boolean };
  /** The message that it answers, where that is known. */
  replyToId: string | null;
  /** Who said it first, for a forward. */
  forwardedFrom: string | null;
  permalink: string | null;
};

type Row = Omit<WindowMessage, "author" | "forwardedFrom"> & {
  contributorId: string | null;
  name: string;
  username: string | null;
  isBot: boolean;
  forwardOrigin: unknown;
};

const SELECT = `
  select messages.id, messages.chat_id as "chatId", chats.title as "chatTitle", messages.external_id as "externalId",
         messages.revision, messages.kind, messages.text, messages.sent_at as "sentAt", messages.permalink,
         messages.forward_origin as "forwardOrigin", original.id as "replyToId",
         contributors.id as "contributorId", coalesce(contributors.display_name, chats.title) as name,
         contributors.username, coalesce(contributors.is_bot, false) as "isBot"
    from messages
    join chats on chats.id = messages.chat_id
    left join contributors on contributors.id = messages.contributor_id
    left join messages original on original.chat_id = messages.chat_id and original.external_id = messages.reply_to_external_id`;
const ORDER = `order by messages.chat_id, messages.sent_at, messages.id`;

/**
 * The messages of a window, chat by chat, oldest first: from `from` on, before `to`; also those without words. What someone asked of
 * the assistant, or said to it alone, is no part of it, nor is what the channel itself says.
 * @param input.chatIds of these chats alone; of all where there is none
 */
export async function messagesInWindow(
  db: Pick<Db, "pool">,
  { spaceId, from, to, chatIds = [] }: { spaceId: string; from: Date; to: Date; chatIds?: string[] },
): Promise<WindowMessage[]> {
  const { rows } = await db.pool.query<Row>(
    `${SELECT} where messages.space_id = $1 and messages.sent_at >= $2 and messages.sent_at < $3
        and (cardinality($4::uuid[]) = 0 or messages.chat_id = any($4))
        and messages.kind <> 'service' and messages.request_id is null and chats.kind <> 'private' ${ORDER}`,
    [spaceId, from, to, chatIds],
  );
  return rows.map(presentWindowMessage);
}

/** Given messages of a space, chat by chat, oldest first. */
export async function messagesByIds(
  db: Pick<Db, "pool">,
  { spaceId, ids }: { spaceId: string; ids: string[] },
): Promise<WindowMessage[]> {
  const { rows } = await db.pool.query<Row>(
    `${SELECT} where messages.space_id = $1 and messages.id = any($2) ${ORDER}`,
    [spaceId, ids],
  );
  return rows.map(presentWindowMessage);
}

/** The name of whoever said a forwarded message first, as Telegram's MessageOrigin tells it. */
export function originName(origin: unknown): string | null {
  if (typeof origin !== "object" || origin === null) return null;
  const { sender_user, sender_user_name, sender_chat, chat } = origin as {
    sender_user?: { first_name?: unknown; last_name?: unknown };
    sender_user_name?: unknown;
    sender_chat?: { title?: unknown };
    chat?: { title?: unknown };
  };
  const name =
    [sender_user?.first_name, sender_user?.last_name].filter((part) => typeof part === "string").join(" ") ||
    [sender_user_name, sender_chat?.title, chat?.title].find((part) => typeof part === "string");
  return name || null;
}

function presentWindowMessage({ contributorId, name, username, isBot, forwardOrigin, ...row }: Row): WindowMessage {
  return { ...row, author: { contributorId, name, username, isBot }, forwardedFrom: originName(forwardOrigin) };
}
