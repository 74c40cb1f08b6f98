import { z } from "zod";

import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

/** What becomes of a question. */
export const SettleGapInput = z.object({ gapId: z.uuid(), as: z.enum(["answered", "dismissed"]) });

const MOST_LISTED = 100;

/** The questions that the notes had no good answer to and that nobody has settled, newest first; `count` is of all of them. */
export async function listGaps(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const where = { spaceId, status: "open" as const };
  const [gaps, count] = await Promise.all([
    ctx.db.prisma.gap.findMany({
      where,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: MOST_LISTED,
      include: { request: { select: { contributor: { select: { displayName: true } } } } },
    }),
    ctx.db.prisma.gap.count({ where }),
  ]);
  const notes = await ctx.db.prisma.note.findMany({
    where: { spaceId, id: { in: [...new Set(gaps.flatMap((gap) => gap.nearest))] } },
    select: { id: true, title: true },
  });
  const titles = new Map(notes.map((note) => [note.id, note.title]));
  return {
    count,
    items: gaps.map(({ id, question, status, createdAt, nearest, request }) => ({
      ...{ id, question, status, askedAt: createdAt, askedBy: request.contributor.displayName },
      /** Those that are still there, the nearest first. */
      nearest: nearest.flatMap((noteId) => {
        const title = titles.get(noteId);
        return title === undefined ? [] : [{ noteId, title }];
      }),
    })),
  };
}

/**
 * Takes a question off the list: the notes answer it by now, or it need not be answered. The first decision stands.
 * @throws AppError `not_found`, `conflict` where somebody settled it before
 */
export async function settleGap(
  ctx: Ctx,
  { spaceId, gapId, as }: z.output<typeof SettleGapInput> & { spaceId: string },
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const [gap] = await tx.query<{ status: string }>(
      "select status from gaps where id = $1 and space_id = $2 for update",
      [gapId, spaceId],
    );
    if (!gap) throw new AppError("not_found", "There is no such question in this space. Load the list again.");
    if (gap.status === as) return;
    if (gap.status !== "open") {
      throw new AppError(
        "conflict",
        `Somebody settled this question before: it is ${gap.status}. Nothing was changed.`,
      );
    }
    await tx.query(
      `update gaps set status = $3::"GapStatus", settled_at = $4, settled_by = $5 where id = $1 and space_id = $2`,
      [...[gapId, spaceId, as, ctx.now(), JSON.stringify(ctx.actor)]],
    );
    emit(tx, { spaceId, type: "gap.settled", subjectId: gapId, actor: ctx.actor, at: ctx.now() });
  });
}
