import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { note } from "#server/lib/log.ts";
import { type Llm, monthsSpending } from "#server/llm/index.ts";
import { readSettings } from "#server/settings/index.ts";

import { isOpenConflict } from "./create.ts";
import { keysOf, type Reader, readerOf } from "./reader.ts";
import { openAndStart } from "./start-by-itself.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What is older was said before anybody thought of it; people read it by hand. It also bounds what a first look costs. */
const OLDEST_MS = 7 * DAY_MS;

const KEYS = ["analysis.auto", "analysis.autoMessages", "analysis.autoQuietMinutes", "analysis.autoHours"] as const;

/**
 * Starts a run over the chats of a space that have enough that is new and are quiet, from the oldest of it on. Of several workers
 * that look at the same moment one does, for one run of a space can be open.
 *
 * New is what no run has had before, whatever became of it: a batch that fails, or that the rules read because the model was down,
 * would be read again and again otherwise. Such a message is read with the next run whose window it lies in.
 * @returns the run; null where it is off, not the hour for it, no chat is ready, another run is open, or the month's money is spent
 */
export async function startAutomaticRun(
  deps: { llm: Llm },
  ctx: Ctx,
  { spaceId }: { spaceId: string },
): Promise<string | null> {
  const settings = await transaction(ctx.db, (tx) => readSettings(tx, spaceId, KEYS));
  if (!settings["analysis.auto"]) return null;
  const at = ctx.now();
  const { timeZone } = await ctx.db.prisma.space.findUniqueOrThrow({ where: { id: spaceId } });
  if (!isWithinHours(settings["analysis.autoHours"], timeZone, at)) return null;

  const reader = await readerOf(deps, ctx, { spaceId });
  const ready = (await chatsWithNews(ctx, spaceId, reader)).filter(
    ({ count, oldest, latest }) =>
      at.getTime() - latest.getTime() >= settings["analysis.autoQuietMinutes"] * MINUTE_MS &&
      (count >= settings["analysis.autoMessages"] || at.getTime() - oldest.getTime() >= DAY_MS),
  );
  if (ready.length === 0) return null;
  if (reader.provider.isModel && (await isMonthSpent(ctx, spaceId))) {
    note({ notRead: "The month's budget for models is spent." });
    return null;
  }
  const windowStart = new Date(Math.min(...ready.map(({ oldest }) => oldest.getTime())));
  const chatIds = ready.map(({ chatId }) => chatId);
  try {
    return await transaction(ctx.db, (tx) =>
      openAndStart(tx, ctx, reader, { spaceId, windowStart, windowEnd: at, chatIds, trigger: "automatic" }),
    );
  } catch (error) {
    if (isOpenConflict(error)) return null;
    throw error;
  }
}

async function isMonthSpent(ctx: Ctx, spaceId: string): Promise<boolean> {
  const { budgetCents, costUsd } = await monthsSpending(ctx, { spaceId });
  return budgetCents > 0 && costUsd * 100 >= budgetCents;
}

/** Whether a moment lies between two hours of the day in a zone: "9-18"; "22-6" is over midnight. */
export function isWithinHours(hours: string, timeZone: string, at: Date): boolean {
  const [from = 0, to = 24] = hours.split("-").map(Number);
  const hour = Number(new Intl.DateTimeFormat("en", { hour: "numeric", hourCycle: "h23", timeZone }).format(at));
  return from < to ? hour >= from && hour < to : from === to || hour >= from || hour < to;
}

type News = { chatId: string; count: number; oldest: Date; latest: Date };

/** The chats in which something was said that no run has had, with when the last of all was said there. */
async function chatsWithNews(ctx: Ctx, spaceId: string, reader: Reader): Promise<News[]> {
  const { rows } = await ctx.db.pool.query<News>(
    `select m.chat_id as "chatId", count(*)::int as count, min(m.sent_at) as oldest,
            (select max(sent_at) from messages where chat_id = m.chat_id) as latest
       from messages m join chats c on c.id = m.chat_id and c.kind <> 'private'
      where m.space_id = $1 and m.sent_at >= $2 and m.sent_at <= $3 and m.text <> '' and m.kind <> 'service' and m.request_id is null
        and not exists (select from run_messages r where r.message_id = m.id and r.revision = m.revision and r.prompt_key = any($4))
      group by 1`,
    [spaceId, new Date(ctx.now().getTime() - OLDEST_MS), ctx.now(), keysOf(reader)],
  );
  return rows;
}
