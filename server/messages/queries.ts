import { z } from "zod";

import type { ProposalKind, ProposalStatus } from "#prisma/enums.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { originName } from "./window.ts";

export const ListInput = z.object({
  /** NUL is nothing that Postgres could look for. */
  search: z
    .string()
    .max(200)
    .transform((words) => words.replaceAll("\0", " ").trim())
    .optional(),
  chatId: z.uuid().optional(),
  /** The last message of the page before. */
  cursor: z.uuid().optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

type MessageRow = {
  id: string;
  chatId: string;
  chatTitle: string;
  authorName: string;
  authorIsBot: boolean;
  kind: string;
  text: string;
  sentAt: Date;
  editedAt: Date | null;
  revision: number;
  permalink: string | null;
  forwardOrigin: unknown;
  replyToId: string | null;
  replyToExternalId: string | null;
  replyAuthorName: string | null;
  replyText: string | null;
};

type LedTo = { messageId: string; proposalId: string; kind: ProposalKind; title: string; status: ProposalStatus };

const EXCERPT_LENGTH = 120;

const SELECT = `
  select m.id, m.chat_id as "chatId", chats.title as "chatTitle", coalesce(contributors.display_name, chats.title) as "authorName",
         coalesce(contributors.is_bot, false) as "authorIsBot", m.kind, m.text, m.sent_at as "sentAt", m.edited_at as "editedAt",
         m.revision, m.permalink, m.forward_origin as "forwardOrigin", m.reply_to_external_id as "replyToExternalId",
         original.id as "replyToId", coalesce(original_author.display_name, chats.title) as "replyAuthorName", original.text as "replyText"
    from messages m
    join chats on chats.id = m.chat_id
    left join contributors on contributors.id = m.contributor_id
    left join messages original on original.chat_id = m.chat_id and original.external_id = m.reply_to_external_id
    left join contributors original_author on original_author.id = original.contributor_id`;

/**
 * What someone says to Winnow alone is theirs. Of a private chat others see what became a note and stayed one; of the chat in the
 * dashboard nothing.
 */
const IS_SHARED = `(chats.kind <> 'private' or chats.channel <> 'web' and exists (
    select from requests r where r.id = m.request_id and r.mode = 'note' and r.status not in ('failed', 'cancelled')
       and r.result ->> 'since' is null))`;

/** A page of messages, newest first. A search looks for the words, and for the letters as they stand. */
export async function listMessages(ctx: Ctx, input: z.output<typeof ListInput> & { spaceId: string }) {
  const { rows } = await ctx.db.pool.query<MessageRow>(
    `${SELECT}
      where m.space_id = $1 and ($2::uuid is null or m.chat_id = $2) and ${IS_SHARED}
        and ($3::text is null or to_tsvector('simple', m.text) @@ websearch_to_tsquery('simple', $3) or m.text ilike $4)
        and ($5::uuid is null or (m.sent_at, m.id) < (select sent_at, id from messages where id = $5 and space_id = $1))
      order by m.sent_at desc, m.id desc limit $6`,
    [
      input.spaceId,
      input.chatId ?? null,
      input.search || null,
      `%${(input.search ?? "").replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
      input.cursor ?? null,
      input.limit + 1,
    ],
  );
  const page = rows.slice(0, input.limit);
  return {
    items: await present(ctx, page),
    nextCursor: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** A message with what was said around it in its chat, oldest first. */
export async function messagesAround(ctx: Ctx, input: { spaceId: string; messageId: string; radius: number }) {
  const { rows } = await ctx.db.pool.query<MessageRow>(
    `with here as (select chat_id, sent_at, id from messages where id = $2 and space_id = $1),
          near as (
            (select m.id from messages m, here where m.chat_id = here.chat_id and (m.sent_at, m.id) <= (here.sent_at, here.id)
              order by m.sent_at desc, m.id desc limit $3 + 1)
            union all
            (select m.id from messages m, here where m.chat_id = here.chat_id and (m.sent_at, m.id) > (here.sent_at, here.id)
              order by m.sent_at, m.id limit $3))
     ${SELECT} where m.space_id = $1 and m.id in (select id from near) and ${IS_SHARED} order by m.sent_at, m.id`,
    [input.spaceId, input.messageId, input.radius],
  );
  if (rows.length === 0) throw new AppError("not_found", "There is no such message in this space.");
  return { items: await present(ctx, rows) };
}

/** The chats of a space with how much was said in each, the busiest first. */
export async function listChats(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const { rows } = await ctx.db.pool.query<{
    id: string;
    title: string;
    kind: string;
    /** Null: the space's. */
    timeZone: string | null;
    messageCount: number;
  }>(
    `select chats.id, chats.title, chats.kind, chats.time_zone as "timeZone", count(m.id)::int as "messageCount"
       from chats left join messages m on m.chat_id = chats.id and ${IS_SHARED}
      where chats.space_id = $1 group by chats.id order by 5 desc, 2`,
    [spaceId],
  );
  return rows;
}

/** What a message said before it was edited, oldest first. */
export async function listRevisions(ctx: Ctx, input: { spaceId: string; messageId: string }) {
  return ctx.db.prisma.messageRevision.findMany({
    where: { messageId: input.messageId, message: { spaceId: input.spaceId } },
    orderBy: { revision: "asc" },
    select: { revision: true, text: true, replacedAt: true },
  });
}

async function present(ctx: Ctx, rows: MessageRow[]) {
  const { rows: links } = await ctx.db.pool.query<LedTo>(
    `select distinct e.message_id as "messageId", p.id as "proposalId", p.kind, p.title, p.status
       from proposal_evidence e join proposals p on p.id = e.proposal_id
      where e.message_id = any($1) and e.merged_from_id is null order by p.id`,
    [rows.map((row) => row.id)],
  );
  const ledTo = Map.groupBy(links, (link) => link.messageId);
  return rows.map((row) => ({
    id: row.id,
    chatId: row.chatId,
    chatTitle: row.chatTitle,
    authorName: row.authorName,
    authorIsBot: row.authorIsBot,
    kind: row.kind,
    text: row.text,
    sentAt: row.sentAt,
    editedAt: row.editedAt,
    revision: row.revision,
    permalink: row.permalink,
    forwardedFrom: originName(row.forwardOrigin),
    replyTo:
      row.replyToExternalId === null
        ? null
        : {
            messageId: row.replyToId,
            authorName: row.replyToId === null ? null : row.replyAuthorName,
            excerpt: excerpt(row.replyText ?? ""),
          },
    ledTo: (ledTo.get(row.id) ?? []).map(({ proposalId, kind, title, status }) => ({
      proposalId,
      kind,
      title,
      status,
    })),
  }));
}

function excerpt(text: string): string {
  return text.length <= EXCERPT_LENGTH ? text : `${text.slice(0, EXCERPT_LENGTH - 1).toWellFormed()}…`;
}
