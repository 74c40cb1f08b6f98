import { rehomeJobs } from "#server/jobs/index.ts";
import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

/** A worker that has not been heard of for so long is gone. */
export const WORKER_SILENT_S = 15;

/** The data folders that a knowledge base could live in: its own, and those that a worker looks after right now. */
export async function listHomes(ctx: Ctx, { spaceId }: { spaceId: string }) {
  const { rows } = await ctx.db.pool.query<{ id: string; hosts: string[]; isHome: boolean; isAlive: boolean }>(
    `with living as (
       select home_id as id, array_agg(distinct host order by host) as hosts from worker_processes
        where home_id is not null and heartbeat_at > now() - make_interval(secs => $2) group by home_id
     ), own as (
       select home_id as id from knowledge_bases where space_id = $1
     )
     select coalesce(own.id, living.id) as id, coalesce(living.hosts, '{}') as hosts, own.id is not null as "isHome",
            living.id is not null as "isAlive"
       from own full join living on living.id = own.id order by 3 desc, 1`,
    [spaceId, WORKER_SILENT_S],
  );
  return { items: rows };
}

/**
 * Moves a knowledge base to another data folder: that one's workers fetch it from the remote, and its jobs run there from now on. The
 * old folder stays where it is; nothing of Winnow writes to it any more.
 * @throws AppError `conflict` while anything is not pushed, or where there is no remote to bring it over by
 */
export async function moveHome(ctx: Ctx, { spaceId, homeId }: { spaceId: string; homeId: string }): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    // First, so that what is counted next is as of now: an operation that begins meanwhile waits, and is refused.
    await tx.query("select id from knowledge_bases where space_id = $1 for update", [spaceId]);
    const [kb] = await tx.query<{
      id: string;
      homeId: string;
      remote: string | null;
      isPushed: boolean;
      underWay: number;
      hasWorker: boolean;
    }>(
      `select k.id, k.home_id as "homeId", k.remote, k.pushed_commit is not distinct from k.head_commit and k.head_commit is not null as "isPushed",
              (select count(*)::int from kb_operations o where o.kb_id = k.id and o.status in ('queued', 'running', 'committed')) as "underWay",
              exists (select from worker_processes where home_id = $2 and heartbeat_at > now() - make_interval(secs => $3)) as "hasWorker"
         from knowledge_bases k where k.space_id = $1`,
      [spaceId, homeId, WORKER_SILENT_S],
    );
    if (!kb) throw new AppError("not_found", "This space has no knowledge base yet, so there is nothing to move.");
    if (kb.homeId === homeId) throw new AppError("conflict", "The knowledge base lives in this data folder already.");
    if (!kb.hasWorker) {
      throw new AppError(
        "conflict",
        "No worker runs with that data folder, so nobody would take it over. Start one first.",
      );
    }
    if (kb.remote === null) {
      throw new AppError(
        "conflict",
        "Without a remote there is no way to bring the notes over. Set KB_GIT_REMOTE and push them first.",
      );
    }
    if (!kb.isPushed || kb.underWay > 0) {
      throw new AppError(
        "conflict",
        "Some notes are not pushed yet, so they would stay behind. Sync first, then move.",
      );
    }
    await tx.query("update knowledge_bases set home_id = $2, synced_at = null where id = $1", [kb.id, homeId]);
    await rehomeJobs(tx, { spaceId, from: kb.homeId });
    emit(tx, { spaceId, type: "kb.synced", subjectId: kb.id, payload: { homeId }, actor: ctx.actor, at: ctx.now() });
  });
}
