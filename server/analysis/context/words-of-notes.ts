import type { Ctx } from "#server/lib/ctx.ts";
import type { CheckedQuote } from "#server/proposals/schema.ts";

/** A few words that a note rests on, and who said them. They were checked when the note was proposed. */
export type OldWords = { quote: CheckedQuote; author: string; sentAt: Date };

const MOST_PER_NOTE = 2;

/** The first words that each of these notes rests on; none for a note that nobody proposed. */
export async function wordsOfNotes(
  ctx: Ctx,
  { spaceId, noteIds }: { spaceId: string; noteIds: string[] },
): Promise<Map<string, OldWords[]>> {
  if (noteIds.length === 0) return new Map();
  const { rows } = await ctx.db.pool.query<CheckedQuote & { noteId: string; author: string; sentAt: Date }>(
    `select n.id as "noteId", e.message_id as "messageId", e.revision, e.start_offset as start, e.end_offset as end, e.quote,
            coalesce(c.display_name, chats.title) as author, m.sent_at as "sentAt"
       from notes n
       join proposal_evidence e on e.proposal_id = n.proposal_id
       join messages m on m.id = e.message_id and m.space_id = n.space_id
       join chats on chats.id = m.chat_id
       left join contributors c on c.id = m.contributor_id
      where n.space_id = $1 and n.id = any($2) order by n.id, e.position`,
    [spaceId, noteIds],
  );
  const words = Map.groupBy(rows, ({ noteId }) => noteId);
  return new Map(
    [...words].map(([noteId, all]) => [
      noteId,
      all.slice(0, MOST_PER_NOTE).map(({ messageId, revision, start, end, quote, author, sentAt }) => ({
        quote: { messageId, revision, start, end, quote },
        author,
        sentAt,
      })),
    ]),
  );
}
