import type { LoggedEvent } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import { readSetting } from "#server/settings/index.ts";

import { deal, refreshCards, type ReviewDeps } from "./cards.ts";
import { listReviewers } from "./readers.ts";
import { tellRecorded } from "./recorded.ts";

/** What a card or a line in a group says is not true any more after these. */
const CHANGES = new Set<LoggedEvent["type"]>([
  "proposal.edited",
  "proposal.approved",
  "proposal.rejected",
  "proposal.merged",
  "proposal.reopened",
  "proposal.applied",
]);
/** After these there is a proposal to deal, or room for one. */
const DEALS = new Set<LoggedEvent["type"]>([
  "proposal.created",
  "proposal.approved",
  "proposal.rejected",
  "proposal.merged",
  "proposal.reopened",
]);

/** What was not told, and why. */
type Untold = { error: unknown; mayPass: boolean };

/**
 * Brings the chats of one space to what some events of its log say. It looks at the rows as they are now, so that any number of
 * events about a proposal are one change of its card, and the same events again change nothing. What fails stops nothing else.
 */
export async function announce(
  deps: ReviewDeps,
  ctx: Ctx,
  events: readonly LoggedEvent[],
  signal: AbortSignal,
): Promise<Untold[]> {
  const [first] = events;
  if (!first) return [];
  const { spaceId } = first;
  const untold: Untold[] = [];
  const attempt = async (work: () => Promise<unknown>) => {
    if (signal.aborted) return;
    await work().catch((error: unknown) => untold.push({ error, mayPass: mayPass(error) }));
  };

  const applied = new Set(events.filter((event) => event.type === "proposal.applied").map((event) => event.subjectId));
  const changed = new Set(events.filter((event) => CHANGES.has(event.type)).map((event) => event.subjectId));
  for (const proposalId of changed) {
    await attempt(() => refreshCards(deps, ctx, { spaceId, proposalId }, signal));
    const isNews = applied.has(proposalId);
    await attempt(() => tellRecorded(deps, ctx, { spaceId, proposalId, isNews }, signal));
  }
  if (events.some((event) => DEALS.has(event.type))) {
    // What comes after a decision comes without a sound: its reader is at it.
    const isQuiet = !events.some((event) => event.type === "proposal.created");
    await attempt(() => dealToAll(ctx, { spaceId, isQuiet }, { deps, signal, attempt }));
  }
  return untold;
}

async function dealToAll(
  ctx: Ctx,
  { spaceId, isQuiet }: { spaceId: string; isQuiet: boolean },
  by: { deps: ReviewDeps; signal: AbortSignal; attempt: (work: () => Promise<unknown>) => Promise<void> },
): Promise<void> {
  const open = await readSetting(ctx.db, spaceId, "telegram.cardsPerRun");
  if (open === 0) return;
  for (const reader of await listReviewers(ctx, spaceId)) {
    await by.attempt(() => deal(by.deps, ctx, { spaceId, reader, upTo: { open }, isQuiet }, by.signal));
  }
}

/** Whether it can be otherwise by itself in a while. */
function mayPass(error: unknown): boolean {
  return error instanceof AppError && ["unavailable", "rate_limited", "cancelled"].includes(error.code);
}
