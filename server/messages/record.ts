import type { Channel } from "#prisma/enums.ts";
import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { type IncomingAttachment, recordAttachments, recordNewAttachments } from "./attachments.ts";

/** Who says something on a channel. */
export type Author = {
  externalId: string;
  displayName: string;
  username: string | null;
  isBot: boolean;
  /** The language of their client, as an IETF tag; null or left out where it does not say. */
  language?: string | null;
};

/** Where something is said on a channel. */
export type IncomingChat = {
  externalId: string;
  /** '' where it has no threads. */
  threadId: string;
  kind: string;
  title: string;
  /** False for a title made up for want of a better one: it does not replace one that is known. */
  isTitleKnown: boolean;
  username: string | null;
};

/** A message as any channel brings it. */
export type IncomingMessage = {
  spaceId: string;
  channel: Channel;
  chat: IncomingChat;
  /** Null where a chat itself speaks, as channels do. */
  author: Author | null;
  externalId: string;
  kind: string;
  text: string;
  entities: unknown[];
  forwardOrigin: unknown;
  replyToExternalId: string | null;
  mediaGroupId: string | null;
  permalink: string | null;
  /** Left out for none. */
  attachments?: IncomingAttachment[];
  sentAt: Date;
  /** When its text became this; null for a message that was never edited. */
  editedAt: Date | null;
};

export type Recorded = {
  messageId: string;
  outcome: "recorded" | "revised" | "unchanged";
  chatId: string;
  contributorId: string | null;
  /** The message that it answers, where we know it; null for one that was recorded before. */
  repliesToMessageId: string | null;
};

/**
 * Records a message, or the newer text of one that is known. The text it had stays as a revision.
 * The same message again, and an edit older than what is known, change nothing.
 * The event is registered last, so a caller may undo a failed call with a savepoint.
 */
export async function recordMessage(tx: Tx, ctx: Ctx, incoming: IncomingMessage): Promise<Recorded> {
  const { sentAt, editedAt, ...rest } = incoming;
  const message: IncomingMessage = { ...clean(rest), sentAt, editedAt };
  const { spaceId } = message;
  const { chatId, contributorId } = await recordPlace(tx, message);
  const id = newId();
  const at = ctx.now();
  const [inserted] = await tx.query<{ repliesToMessageId: string | null }>(
    `insert into messages (id, space_id, chat_id, contributor_id, external_id, kind, text, entities, forward_origin,
                           reply_to_external_id, media_group_id, permalink, sent_at, edited_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (chat_id, external_id) do nothing
     returning (select id from messages o where o.chat_id = $3 and o.external_id = $10) as "repliesToMessageId"`,
    [
      id,
      spaceId,
      chatId,
      contributorId,
      message.externalId,
      message.kind,
      message.text,
      JSON.stringify(message.entities),
      message.forwardOrigin === null ? null : JSON.stringify(message.forwardOrigin),
      message.replyToExternalId,
      message.mediaGroupId,
      message.permalink,
      message.sentAt,
      message.editedAt,
      at,
    ],
  );
  if (inserted) {
    await recordAttachments(tx, { spaceId, messageId: id, at, attachments: message.attachments ?? [] });
    emit(tx, { spaceId, type: "message.received", subjectId: id, payload: { chatId }, actor: ctx.actor, at });
    return { messageId: id, outcome: "recorded", chatId, contributorId, ...inserted };
  }
  return { ...(await revise(tx, ctx, chatId, message)), chatId, contributorId, repliesToMessageId: null };
}

/** The rows of a chat and of someone in it, as they are called now; made where they are new. */
export async function recordPlace(
  tx: Tx,
  given: { spaceId: string; channel: Channel; chat: IncomingChat; author: Author | null },
): Promise<{ chatId: string; contributorId: string | null }> {
  const place = clean(given);
  const known = await findPlace(tx, place);
  return {
    chatId: await upsertChat(tx, place, known.chat),
    contributorId: place.author ? await contributorOf(tx, place, place.author, known.author) : null,
  };
}

type Place = Parameters<typeof recordPlace>[1];
type KnownChat = Pick<IncomingChat, "kind" | "title" | "username"> & { id: string };
type KnownAuthor = Pick<Author, "displayName" | "username" | "language"> & { id: string };

async function findPlace(
  tx: Tx,
  { spaceId, channel, chat, author }: Place,
): Promise<{ chat: KnownChat | null; author: KnownAuthor | null }> {
  const [found] = await tx.query<{ chat: KnownChat | null; author: KnownAuthor | null }>(
    `select (select json_build_object('id', id, 'kind', kind, 'title', title, 'username', username) from chats
              where space_id = $1 and channel = $2 and external_id = $3 and thread_id = $4) as chat,
            (select json_build_object('id', id, 'displayName', display_name, 'username', username, 'language', language)
               from contributors where space_id = $1 and channel = $2 and external_id = $5) as author`,
    [spaceId, channel, chat.externalId, chat.threadId, author?.externalId ?? null],
  );
  return found!;
}

/**
 * Records the people of many messages of a space and channel before the messages themselves. Whoever records several messages in
 * one transaction calls it first: in one order for all, so that two chats with the same new people do not wait for each other.
 */
export async function recordAuthors(tx: Tx, incoming: IncomingMessage[]): Promise<void> {
  const [first] = incoming;
  if (!first) return;
  const authors = incoming.flatMap(({ author }) => (author ? clean(author) : []));
  // The last name that someone gave counts, and one statement may name each only once.
  const byId = new Map(authors.map((author) => [author.externalId, author]));
  await upsertContributors(tx, { spaceId: first.spaceId, channel: first.channel, authors: [...byId.values()] });
}

async function revise(
  tx: Tx,
  ctx: Ctx,
  chatId: string,
  message: IncomingMessage,
): Promise<Pick<Recorded, "messageId" | "outcome">> {
  const [known] = await tx.query<{
    id: string;
    text: string;
    revision: number;
    entities: unknown;
    editedAt: Date | null;
  }>(
    `select id, text, revision, entities, edited_at as "editedAt" from messages
      where chat_id = $1 and external_id = $2 for update`,
    [chatId, message.externalId],
  );
  if (!known) throw new Error("A message that exists could not be read in the same transaction.");
  const isNewer = message.editedAt !== null && (known.editedAt === null || known.editedAt <= message.editedAt);
  const at = ctx.now();
  if (isNewer) {
    const { spaceId, attachments = [] } = message;
    await recordNewAttachments(tx, { spaceId, messageId: known.id, at, attachments });
  }
  if (!isNewer || known.text === message.text) return { messageId: known.id, outcome: "unchanged" };
  await tx.query(
    "insert into message_revisions (id, message_id, revision, text, entities, replaced_at) values ($1, $2, $3, $4, $5, $6)",
    [newId(), known.id, known.revision, known.text, JSON.stringify(known.entities), message.editedAt],
  );
  await tx.query(
    "update messages set kind = $2, text = $3, entities = $4, revision = revision + 1, edited_at = $5 where id = $1",
    [known.id, message.kind, message.text, JSON.stringify(message.entities), message.editedAt],
  );
  emit(tx, {
    spaceId: message.spaceId,
    type: "message.updated",
    subjectId: known.id,
    payload: { chatId },
    actor: ctx.actor,
    at,
  });
  return { messageId: known.id, outcome: "revised" };
}

/** The row of a chat. Most messages change nothing about theirs, so it is looked at before it is written. */
async function upsertChat(tx: Tx, { spaceId, channel, chat }: Place, known: KnownChat | null): Promise<string> {
  const title = known && !chat.isTitleKnown ? known.title : chat.title;
  if (known && known.kind === chat.kind && known.title === title && known.username === chat.username) return known.id;
  const [row] = await tx.query<{ id: string }>(
    `insert into chats (id, space_id, channel, external_id, thread_id, kind, title, username)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (space_id, channel, external_id, thread_id)
       do update set title = excluded.title, kind = excluded.kind, username = excluded.username
     returning id`,
    [newId(), spaceId, channel, chat.externalId, chat.threadId, chat.kind, title, chat.username],
  );
  return row!.id;
}

async function contributorOf(tx: Tx, place: Place, author: Author, known: KnownAuthor | null): Promise<string> {
  const { displayName, username, language = null } = author;
  const isSame =
    known?.displayName === displayName &&
    known.username === username &&
    (language === null || known.language === language);
  if (known && isSame) return known.id;
  const { spaceId, channel } = place;
  const [row] = await upsertContributors(tx, { spaceId, channel, authors: [author] });
  if (row) return row.id;
  // Another chat has just recorded them in the same way.
  const { author: recorded } = await findPlace(tx, place);
  return recorded!.id;
}

/** @returns those that are new or have changed */
async function upsertContributors(
  tx: Tx,
  { spaceId, channel, authors }: { spaceId: string; channel: Channel; authors: Author[] },
): Promise<Array<{ id: string }>> {
  const inOrder = authors.toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1));
  return tx.query<{ id: string }>(
    `insert into contributors as known (id, space_id, channel, external_id, display_name, username, is_bot, language)
     select id, $1, $2::"Channel", external_id, display_name, username, is_bot, language
       from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[])
         as u (id, external_id, display_name, username, is_bot, language)
     on conflict (space_id, channel, external_id)
       do update set display_name = excluded.display_name, username = excluded.username,
                     language = coalesce(excluded.language, known.language)
       where (known.display_name, known.username, known.language)
             is distinct from (excluded.display_name, excluded.username, coalesce(excluded.language, known.language))
     returning id`,
    [
      spaceId,
      channel,
      inOrder.map(() => newId()),
      inOrder.map((author) => author.externalId),
      inOrder.map((author) => author.displayName),
      inOrder.map((author) => author.username),
      inOrder.map((author) => author.isBot),
      inOrder.map((author) => author.language ?? null),
    ],
  );
}

/**
 * Postgres text and jsonb hold neither NUL nor half a surrogate pair; both can come out of JSON escapes, in values and in keys.
 * One unit is put for one unit, so that entity offsets still hold.
 */
function clean<T extends object>(given: T): T {
  // JSON.stringify writes exactly these as escapes: pairs that are whole stay characters.
  const json = JSON.stringify(given).replaceAll(/\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g, (escape) =>
    escape === String.raw`\\` ? escape : "\uFFFD",
  );
  return JSON.parse(json) as T;
}
