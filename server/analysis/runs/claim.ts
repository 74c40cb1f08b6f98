import type { Ctx } from "#server/lib/ctx.ts";

/** A lease that is not renewed for this long means that its worker died; another takes the batch. */
const LEASE_S = 15;
/** How often a lease is renewed, and with it how soon a cancel is noticed within a batch. */
const RENEW_INTERVAL_MS = 500;

export type ClaimedBatch = {
  id: string;
  chatId: string;
  position: number;
  messageIds: string[];
  contextIds: string[];
  attempts: number;
};

/**
 * Takes the next batch of a run, or one whose worker died.
 *
 * Of C batches at once, the one at position p begins when all up to p - C are over. So what it is given of the run's findings,
 * those up to p - C, is the same in whatever order batches end; and as many are under way as may be.
 */
export async function claimBatch(
  ctx: Ctx,
  { runId, atOnce }: { runId: string; atOnce: number },
  owner: string,
): Promise<ClaimedBatch | undefined> {
  const { rows } = await ctx.db.pool.query<ClaimedBatch>(
    `update batches
        set status = 'running', lease_owner = $2, lease_until = now() + make_interval(secs => $3),
            attempts = attempts + 1, started_at = coalesce(started_at, $4)
      where id = (select b.id from batches b join runs on runs.id = b.run_id and runs.status = 'running'
                   where b.run_id = $1 and (b.status = 'pending' or (b.status = 'running' and b.lease_until < now()))
                     and b.position < (select min(position) + $5 from batches where run_id = $1 and status in ('pending', 'running'))
                   order by b.position limit 1 for update of b skip locked)
     returning id, chat_id as "chatId", position, message_ids as "messageIds", context_ids as "contextIds", attempts`,
    [runId, owner, LEASE_S, ctx.now(), atOnce],
  );
  return rows[0];
}

/** What is left of a run: `waiting` has batches that nobody has, `running` only such as somebody works on, `over` none. */
export async function whatIsLeft(ctx: Ctx, runId: string): Promise<"waiting" | "running" | "over"> {
  const { rows } = await ctx.db.pool.query<{ left: "waiting" | "running" | null }>(
    `select case when bool_or(b.status = 'pending') then 'waiting' when count(*) > 0 then 'running' end as left
       from batches b join runs on runs.id = b.run_id and runs.status = 'running'
      where b.run_id = $1 and b.status in ('pending', 'running')`,
    [runId],
  );
  return rows[0]?.left ?? "over";
}

/** Renews the lease while the model works; aborts the work when the lease or the run is gone. */
export function keepLease(ctx: Ctx, batch: ClaimedBatch, owner: string, stop: AbortController) {
  let ended = false;
  let wake = () => {};
  const loop = async () => {
    while (!ended && !stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, RENEW_INTERVAL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (ended) return;
      try {
        const { rowCount } = await ctx.db.pool.query(
          `update batches set lease_until = now() + make_interval(secs => $3)
            where id = $1 and status = 'running' and lease_owner = $2`,
          [batch.id, owner, LEASE_S],
        );
        if (rowCount === 0) stop.abort();
      } catch (error) {
        // The database is away: the lease may run out, and then finishing will find that it is not ours.
        ctx.log.warn({ error, batchId: batch.id }, "analysis.lease could not be renewed");
      }
    }
  };
  const looping = loop();
  return {
    end: () => {
      ended = true;
      wake();
      return looping;
    },
  };
}

/** The worker is stopping: the batch goes back as it was, for that was not its fault. */
export async function putBack(ctx: Ctx, batch: ClaimedBatch, owner: string): Promise<void> {
  await ctx.db.pool.query(
    `update batches set status = 'pending', lease_owner = null, lease_until = null, attempts = attempts - 1
      where id = $1 and status = 'running' and lease_owner = $2`,
    [batch.id, owner],
  );
}
