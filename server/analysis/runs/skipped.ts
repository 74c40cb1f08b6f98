import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import { SkipReason } from "../schema.ts";

type SkippedRow = {
  messageId: string;
  reason: string;
  chatTitle: string;
  authorName: string;
  text: string;
  kind: string;
  sentAt: Date;
};

const PAGE = 50;
const EXCERPT_LENGTH = 300;

/**
 * What a run left out before the model, oldest first, and how many there are of each reason.
 * @param input.cursor the last message of the page before
 */
export async function listSkipped(
  ctx: Ctx,
  input: { spaceId: string; runId: string; reason?: SkipReason | undefined; cursor?: string | undefined },
) {
  const { spaceId, runId, reason = null, cursor = null } = input;
  if (!(await ctx.db.prisma.run.findFirst({ where: { id: runId, spaceId }, select: { id: true } }))) {
    throw new AppError("not_found", "There is no such run in this space.");
  }
  const [counts, { rows }] = await Promise.all([
    ctx.db.prisma.runMessage.groupBy({ by: ["skipped"], where: { runId, skipped: { not: null } }, _count: true }),
    ctx.db.pool.query<SkippedRow>(
      `select m.id as "messageId", r.skipped as reason, c.title as "chatTitle", coalesce(a.display_name, c.title) as "authorName",
              m.text, m.kind, m.sent_at as "sentAt"
         from run_messages r join messages m on m.id = r.message_id join chats c on c.id = m.chat_id
         left join contributors a on a.id = m.contributor_id
        where r.run_id = $1 and r.space_id = $2 and r.skipped is not null and ($3::text is null or r.skipped = $3)
          and ($4::uuid is null or (m.sent_at, m.id) > (select sent_at, id from messages where id = $4 and space_id = $2))
        order by m.sent_at, m.id limit $5`,
      [runId, spaceId, reason, cursor, PAGE + 1],
    ),
  ]);
  const page = rows.slice(0, PAGE);
  return {
    counts: Object.fromEntries(
      counts.flatMap((each) => {
        const known = SkipReason.safeParse(each.skipped).data;
        return known ? [[known, each._count]] : [];
      }),
    ) as Partial<Record<SkipReason, number>>,
    items: page.map(({ text, ...row }) => ({
      ...row,
      reason: SkipReason.safeParse(row.reason).data ?? null,
      text: text.length <= EXCERPT_LENGTH ? text : `${text.slice(0, EXCERPT_LENGTH - 1).toWellFormed()}…`,
    })),
    nextCursor: rows.length > PAGE ? (page.at(-1)?.messageId ?? null) : null,
  };
}
