import type { Actor, Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

const DONE = { approved: "approved", rejected: "rejected", merged: "merged", pending: "reopened" } as const;

/** Why a decision or an edit found nothing to change: said so that the loser of a race knows who won it. */
export async function whyNotDecided(
  tx: Tx,
  ctx: Ctx,
  { spaceId, proposalId }: { spaceId: string; proposalId: string },
): Promise<AppError> {
  const [row] = await tx.query<{
    status: keyof typeof DONE;
    actor: Actor | null;
    action: string | null;
    at: Date | null;
  }>(
    `select proposals.status, last.actor, last.action, last.at
       from proposals
       left join lateral (select actor, action, at from proposal_decisions
                           where proposal_id = proposals.id order by at desc, id desc limit 1) last on true
      where proposals.id = $1 and proposals.space_id = $2`,
    [proposalId, spaceId],
  );
  if (!row) return new AppError("not_found", "There is no such proposal in this space.");
  const who = row.actor ? row.actor.name : "someone";
  const when = row.at ? ago(ctx.now(), row.at) : "just now";
  if (row.status !== "pending") {
    return new AppError("conflict", `Already ${DONE[row.status]} by ${who} ${when}. Nothing was changed.`);
  }
  const did = row.action === "reopened" ? "put back" : row.action === "edited" ? "edited" : "changed";
  return new AppError("conflict", `This proposal was ${did} by ${who} ${when}. Look at it again, then decide.`);
}

/** A span of time as people say it: "4 seconds ago". */
function ago(now: Date, then: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} seconds ago`;
  const format = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  if (seconds < 3600) return format.format(-Math.round(seconds / 60), "minute");
  if (seconds < 86_400) return format.format(-Math.round(seconds / 3600), "hour");
  return format.format(-Math.round(seconds / 86_400), "day");
}
