import { emit } from "#server/events/index.ts";
import { latestMoment } from "#server/lib/cron.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import type { Llm } from "#server/llm/index.ts";
import { readSetting } from "#server/settings/index.ts";

import { isOpenConflict, openRunInWords } from "./create.ts";
import { readerOf } from "./reader.ts";
import { openAndStart } from "./start-by-itself.ts";

/** How far back a first run looks. */
const FIRST_WINDOW_MS = 7 * 24 * 3_600_000;

type Look = { spaceId: string; seen: Date | null; at: Date };

/**
 * Starts the run of a space's schedule where one of its moments has come since the last look; of several that were slept through,
 * one for all. Each moment starts one run at most, however many workers look: the look and the run are one transaction, and of two
 * looks that saw the same last one only the first counts. With another run open none is started, and the space says why.
 * @returns the run; null where there was no moment, or it was not started
 */
export async function startScheduledRun(
  deps: { llm: Llm },
  ctx: Ctx,
  { spaceId }: { spaceId: string },
): Promise<string | null> {
  const schedule = await readSetting(ctx.db, spaceId, "analysis.schedule");
  if (schedule === "") return null;
  const [space, setting] = await Promise.all([
    ctx.db.prisma.space.findUniqueOrThrow({ where: { id: spaceId } }),
    ctx.db.prisma.setting.findUnique({ where: { spaceId_key: { spaceId, key: "analysis.schedule" } } }),
  ]);
  const { timeZone, scheduleCheckedAt: seen } = space;
  const look: Look = { spaceId, seen, at: ctx.now() };
  // A moment before the schedule was set is none of it.
  const after = new Date(Math.max(seen?.getTime() ?? 0, setting?.updatedAt.getTime() ?? look.at.getTime()));
  const moment = latestMoment(schedule, timeZone, { after, until: look.at });
  if (!moment) return null;
  const reader = await readerOf(deps, ctx, { spaceId });
  const windowStart = await endOfLastRun(ctx, look);
  try {
    return await transaction(ctx.db, async (tx) => {
      if (!(await claimLook(tx, look, null))) return null;
      return openAndStart(tx, ctx, reader, {
        spaceId,
        windowStart,
        windowEnd: look.at,
        chatIds: [],
        trigger: "scheduled",
      });
    });
  } catch (error) {
    if (!isOpenConflict(error)) throw error;
    await skip(ctx, look, { moment, timeZone });
    return null;
  }
}

/** Whether this look is the first since the last one; keeps why it started no run, null where it does. */
async function claimLook(tx: Tx, { spaceId, seen, at }: Look, skipped: string | null): Promise<boolean> {
  const rows = await tx.query(
    `update spaces set schedule_checked_at = $3, schedule_skipped = $4
      where id = $1 and schedule_checked_at is not distinct from $2 returning id`,
    [spaceId, seen, at, skipped],
  );
  return rows.length > 0;
}

async function skip(ctx: Ctx, look: Look, { moment, timeZone }: { moment: Date; timeZone: string }): Promise<void> {
  const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone }).format(moment);
  const open = await openRunInWords(ctx, look.spaceId);
  const why = open ? `${open[0]?.toLowerCase()}${open.slice(1)}` : "another run was open";
  const skipped = `The scheduled run of ${when} was not started, because ${why}. Close it, and the next one starts.`;
  await transaction(ctx.db, async (tx) => {
    if (!(await claimLook(tx, look, skipped))) return;
    emit(tx, { spaceId: look.spaceId, type: "settings.changed", subjectId: "schedule", actor: ctx.actor, at: look.at });
  });
  ctx.log.info({ spaceId: look.spaceId }, "analysis.schedule skipped a moment: a run is open");
}

/** Where the last run that was completed ended: what was said since is new. */
async function endOfLastRun(ctx: Ctx, { spaceId, at }: Look): Promise<Date> {
  const last = await lastRunEnd(ctx, { spaceId });
  return last && last < at ? last : new Date(at.getTime() - FIRST_WINDOW_MS);
}

/** The end of the latest window over all chats that was read; null where there is none. */
export async function lastRunEnd(ctx: Ctx, { spaceId }: { spaceId: string }): Promise<Date | null> {
  const last = await ctx.db.prisma.run.findFirst({
    where: { spaceId, completedAt: { not: null }, chatIds: { isEmpty: true } },
    orderBy: { windowEnd: "desc" },
    select: { windowEnd: true },
  });
  return last?.windowEnd ?? null;
}
