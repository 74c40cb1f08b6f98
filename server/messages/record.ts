import type { Channel } from "#prisma/enums.ts";
import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

/** Who says something on a channel. */
type Author = { externalId: string; displayName: string; username: string | null; isBot: boolean };

/** A message as any channel brings it. */
export type IncomingMessage = {
  spaceId: string;
  channel: Channel;
  chat: {
    externalId: string;
    /** '' where it has no threads. */
    threadId: string;
    kind: string;
    title: string;
    /** False for a title made up for want of a better one: it does not replace one that is known. */
    isTitleKnown: boolean;
    username: string | null;
  };
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
  sentAt: Date;
  /** When its text became this; null for a message that was never edited. */
  editedAt: Date | null;
};

export type Recorded = { messageId: string; outcome: "recorded" | "revised" | "unchanged" };

/**
 * Records a message, or the newer text of one that is known. The text it had stays as a revision.
 * The same message again, and an edit older than what is known, change nothing.
 * The event is registered last, so a caller may undo a failed call with a savepoint.
 */
export async function recordMessage(tx: Tx, ctx: Ctx, incoming: IncomingMessage): Promise<Recorded> {
  const { sentAt, editedAt, ...rest } = incoming;
  const message: IncomingMessage = { ...clean(rest), sentAt, editedAt };
  const { spaceId } = message;
  const chatId = await upsertChat(tx, message);
  const contributorId = message.author ? await contributorOf(tx, message, message.author) : null;
  const id = newId();
  const at = ctx.now();
  const [inserted] = await tx.query(
    `insert into messages (id, space_id, chat_id, contributor_id, external_id, kind, text, entities, forward_origin,
                           reply_to_external_id, media_group_id, permalink, sent_at, edited_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (chat_id, external_id) do nothing returning id`,
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
    emit(tx, { spaceId, type: "message.received", subjectId: id, payload: { chatId }, actor: ctx.actor, at });
    return { messageId: id, outcome: "recorded" };
  }
  return revise(tx, ctx, chatId, message);
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

async function revise(tx: Tx, ctx: Ctx, chatId: string, message: IncomingMessage): Promise<Recorded> {
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
  if (!isNewer || known.text === message.text) return { messageId: known.id, outcome: "unchanged" };

  const at = ctx.now();
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

/** The row of a chat. Most messages change nothing about theirs, so it is looked for before it is written. */
async function upsertChat(tx: Tx, { spaceId, channel, chat }: IncomingMessage): Promise<string> {
  const [known] = await tx.query<{ id: string; kind: string; title: string; username: string | null }>(
    "select id, kind, title, username from chats where space_id = $1 and channel = $2 and external_id = $3 and thread_id = $4",
    [spaceId, channel, chat.externalId, chat.threadId],
  );
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

async function contributorOf(tx: Tx, { spaceId, channel }: IncomingMessage, author: Author): Promise<string> {
  const [known] = await tx.query<{ id: string; displayName: string; username: string | null }>(
    `select id, display_name as "displayName", username from contributors
      where space_id = $1 and channel = $2 and external_id = $3`,
    [spaceId, channel, author.externalId],
  );
  if (known && known.displayName === author.displayName && known.username === author.username) return known.id;
  const [row] = await upsertContributors(tx, { spaceId, channel, authors: [author] });
  return row!.id;
}

/** @returns those that are new or have changed */
async function upsertContributors(
  tx: Tx,
  { spaceId, channel, authors }: { spaceId: string; channel: Channel; authors: Author[] },
): Promise<Array<{ id: string }>> {
  const inOrder = authors.toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1));
  return tx.query<{ id: string }>(
    `insert into contributors as known (id, space_id, channel, external_id, display_name, username, is_bot)
     select id, $1, $2::"Channel", external_id, display_name, username, is_bot
       from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::boolean[])
         as u (id, external_id, display_name, username, is_bot)
     on conflict (space_id, channel, external_id)
       do update set display_name = excluded.display_name, username = excluded.username
       where (known.display_name, known.username) is distinct from (excluded.display_name, excluded.username)
     returning id`,
    [
      spaceId,
      channel,
      inOrder.map(() => newId()),
      inOrder.map((author) => author.externalId),
      inOrder.map((author) => author.displayName),
      inOrder.map((author) => author.username),
      inOrder.map((author) => author.isBot),
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
