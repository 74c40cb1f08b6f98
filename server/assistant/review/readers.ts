import type { Channel, Role } from "#prisma/enums.ts";
import { hasRole } from "#server/auth/schema.ts";
import { lookAtDoor } from "#server/channels/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { readPersonal } from "#server/settings/index.ts";

import { type Language, languageOf, type Words, wordsIn } from "../words/index.ts";

/** Someone with a chat of their own with Winnow. */
export type Reader = {
  contributorId: string;
  chatId: string;
  language: Language;
  words: Words;
  /** Whether they may decide about proposals. */
  mayDecide: boolean;
};

type Row = {
  contributorId: string;
  chatId: string;
  channel: Channel;
  chatExternalId: string;
  clientLanguage: string | null;
  role: Role | null;
};

/** A page of the dashboard that nobody looked at for so long gets no cards: they would pile up there. */
const WEB_CHAT_IN_USE_MS = 24 * 3_600_000;

/** A person and the chat that they have alone with Winnow. */
const OWN_CHAT = `c.space_id = k.space_id and c.channel = k.channel
  and c.external_id = case k.channel when 'telegram' then k.external_id else k.space_id || ':' || k.user_id end
  and (k.channel = 'web' or c.kind = 'private')`;
const COLUMNS = `k.id as "contributorId", c.id as "chatId", c.channel, c.external_id as "chatExternalId",
  k.language as "clientLanguage", m.role`;

/**
 * Those who get proposals as cards: reviewers and admins whose account on a channel is linked, who want cards, and who have a chat
 * with Winnow that can be reached: on Telegram a private one with someone who is heard, in the dashboard one that its user wrote in
 * during the last day. One chat each.
 */
export async function listReviewers(ctx: Ctx, spaceId: string): Promise<Reader[]> {
  const { rows } = await ctx.db.pool.query<Row>(
    `select distinct on (k.id) ${COLUMNS}
       from contributors k
       join memberships m on m.space_id = k.space_id and m.user_id = k.user_id and m.role in ('reviewer', 'admin')
       join chats c on ${OWN_CHAT} and c.unreachable is null
      where k.space_id = $1
        and (k.channel = 'telegram'
          or exists (select from messages where chat_id = c.id and contributor_id = k.id and sent_at > $2))
      order by k.id, c.thread_id`,
    [spaceId, new Date(ctx.now().getTime() - WEB_CHAT_IN_USE_MS)],
  );
  const reviewers: Reader[] = [];
  const isHeard = await heardAmong(ctx, spaceId, rows);
  for (const row of rows.filter(isHeard)) {
    const { cards, language } = await readPersonal(ctx.db, row.contributorId);
    if (cards) reviewers.push(readerOf(row, language));
  }
  return reviewers;
}

/** Whose chats these are, by the chat's id, whatever they are now; chats of nobody alone are left out. */
export async function ownersOf(ctx: Ctx, chatIds: string[]): Promise<Map<string, Reader>> {
  const { rows } = await ctx.db.pool.query<Row>(
    `select ${COLUMNS}
       from chats c
       join contributors k on ${OWN_CHAT}
       left join memberships m on m.space_id = k.space_id and m.user_id = k.user_id
      where c.id = any($1)`,
    [chatIds],
  );
  const readers = rows.map(async (row): Promise<[string, Reader]> => {
    const { language } = await readPersonal(ctx.db, row.contributorId);
    return [row.chatId, readerOf(row, language)];
  });
  return new Map(await Promise.all(readers));
}

/** Whether a group is heard, and so may hear from us. */
export async function isGroupHeard(
  ctx: Ctx,
  { spaceId, channel, externalId }: { spaceId: string; channel: Channel; externalId: string },
): Promise<boolean> {
  const about = { spaceId, channel, personIds: [], chatIds: [externalId] };
  const door = await transaction(ctx.db, (tx) => lookAtDoor(tx, about));
  return door.isOpen || door.chats.has(externalId);
}

/** Whoever is not let in any more cannot press a button either. */
async function heardAmong(ctx: Ctx, spaceId: string, rows: Row[]): Promise<(row: Row) => boolean> {
  const personIds = rows.filter((row) => row.channel === "telegram").map((row) => row.chatExternalId);
  if (personIds.length === 0) return () => true;
  const about = { spaceId, channel: "telegram" as const, personIds, chatIds: [] };
  const door = await transaction(ctx.db, (tx) => lookAtDoor(tx, about));
  return (row) => row.channel !== "telegram" || door.isOpen || door.people.has(row.chatExternalId);
}

function readerOf({ contributorId, chatId, clientLanguage, role }: Row, chosen: "auto" | Language): Reader {
  const language = languageOf(chosen, clientLanguage);
  const mayDecide = role !== null && hasRole(role, "reviewer");
  return { contributorId, chatId, language, words: wordsIn(language), mayDecide };
}
