import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { closeBurst } from "#server/messages/index.ts";

/** A lease lasts this long unless it is renewed; a dead worker's ends with its heartbeat. */
const LEASE_S = 30;

type Claim =
  /** To be worked on, by this worker alone. */
  | { type: "mine" }
  /** Its burst is not over, someone else works on it, or whoever asks too often has to wait. */
  | { type: "later"; at: Date }
  /** There is nothing to do any more. */
  | { type: "over" };

/** Takes a request for a worker: of any number that try, one has it. A burst that is over is closed with it. */
export async function claim(
  ctx: Ctx,
  { requestId, workerId }: { requestId: string; workerId: string },
): Promise<Claim> {
  const at = ctx.now();
  return transaction(ctx.db, async (tx) => {
    const [row] = await tx.query<{
      status: string;
      mode: string;
      burstId: string | null;
      notBefore: Date | null;
      cancelAskedAt: Date | null;
      attempts: number;
      leaseUntil: Date | null;
      isHeld: boolean;
    }>(
      `select status, mode, burst_id as "burstId", not_before as "notBefore", cancel_asked_at as "cancelAskedAt", attempts,
              lease_until as "leaseUntil",
              lease_until > $2 and exists (select from worker_processes w where w.id = lease_owner) as "isHeld"
         from requests where id = $1 for update`,
      [requestId, at],
    );
    if (!row || ["done", "failed", "cancelled"].includes(row.status)) return { type: "over" };
    if (row.status === "working" && row.isHeld && row.leaseUntil) return { type: "later", at: row.leaseUntil };
    const isWritten = await hasBegunToWrite(tx, requestId);
    if (row.cancelAskedAt && !isWritten) {
      await tx.query("update requests set status = 'cancelled', finished_at = $2 where id = $1", [requestId, at]);
      if (row.burstId) await closeBurst(tx, ctx, { burstId: row.burstId, isNow: true });
      return { type: "over" };
    }
    if (row.status === "gathering" && row.burstId) {
      const dueAt = await closeBurst(tx, ctx, { burstId: row.burstId, isNow: false });
      if (dueAt) return { type: "later", at: dueAt };
    }
    if (row.notBefore && row.notBefore > at) return { type: "later", at: row.notBefore };
    if (row.mode === "agent" && row.status === "working" && !isWritten) {
      // What a task has thought is gone with its worker, and was paid for.
      await tx.query(
        "update requests set status = 'failed', failure = 'interrupted', finished_at = $2, lease_owner = null where id = $1",
        [requestId, at],
      );
      return { type: "over" };
    }
    await tx.query(
      `update requests set status = 'working', lease_owner = $2, lease_until = $3::timestamptz + make_interval(secs => ${LEASE_S}),
              attempts = attempts + 1, content_hash = null, cancel_asked_at = case when $4 and mode = 'note' then null else cancel_asked_at end, started_at = coalesce(started_at, $3) where id = $1`,
      [requestId, workerId, at, isWritten],
    );
    return { type: "mine" };
  });
}

/** Whether what a task wants to write is kept already, or even committed: then it is brought to its end, without the model. */
async function hasBegunToWrite(tx: Tx, requestId: string): Promise<boolean> {
  const rows = await tx.query(
    `select from requests r where r.id = $1
        and (r.result is not null or exists (select from kb_operations o where o.id = r.id and o.commit_hash is not null))`,
    [requestId],
  );
  return rows.length > 0;
}

/** Shows that the worker is still at it. */
export async function renew(ctx: Ctx, { requestId, workerId }: { requestId: string; workerId: string }): Promise<void> {
  await ctx.db.pool.query(
    `update requests set lease_until = $3::timestamptz + make_interval(secs => ${LEASE_S})
      where id = $1 and lease_owner = $2 and lease_until < $3::timestamptz + make_interval(secs => ${LEASE_S / 2})`,
    [requestId, workerId, ctx.now()],
  );
}

/** Lets go of a request so that it can be tried again. */
export async function giveBack(
  ctx: Ctx,
  { requestId, workerId }: { requestId: string; workerId: string },
): Promise<void> {
  await ctx.db.pool.query(
    `update requests set status = 'waiting', lease_owner = null, lease_until = null
      where id = $1 and lease_owner = $2 and status = 'working'`,
    [requestId, workerId],
  );
}

/** Whether the person does not want it any more. */
export async function hasWishToCancel(ctx: Ctx, requestId: string): Promise<boolean> {
  const { rows } = await ctx.db.pool.query("select from requests where id = $1 and cancel_asked_at is not null", [
    requestId,
  ]);
  return rows.length > 0;
}
