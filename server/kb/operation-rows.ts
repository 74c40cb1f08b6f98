import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { subjectLine } from "./git/commit-text.ts";
import { kbPush } from "./jobs.ts";
import type { OperationInput } from "./kb.ts";
import type { Made, OperationRoom } from "./operation.ts";

/** What the row of an operation said before this try. */
export type RowBefore = { baseCommit: string | null; commitHash: string | null; committedAt: Date | null };

/** Notes that an operation is wanted; one that is known already stays as it is. */
export async function queueRow(
  ctx: Ctx,
  { kbId, spaceId }: Pick<OperationRoom, "kbId" | "spaceId">,
  { operationId, kind, subject, proposalId }: OperationInput,
): Promise<void> {
  await ctx.db.pool.query(
    `insert into kb_operations (id, space_id, kb_id, kind, status, subject, proposal_id, files, queued_at)
     values ($1, $2, $3, $4, 'queued', $5, $6, '{}', $7) on conflict (id) do nothing`,
    [operationId, spaceId, kbId, kind, subjectLine(subject), proposalId ?? null, ctx.now()],
  );
}

/**
 * Notes that an operation is under way, and from which commit it started first. One that has its commit stays as it is.
 * @returns what the row said before, or null where there is none
 */
export async function beginRow(
  ctx: Ctx,
  { kbId }: Pick<OperationRoom, "kbId">,
  operationId: string,
  tip: string | null,
): Promise<RowBefore | null> {
  const { rows } = await ctx.db.pool.query<RowBefore>(
    `with before as (
       select status, base_commit, commit_hash, committed_at from kb_operations where id = $1 and kb_id = $2 for update
     ), begun as (
       update kb_operations o
          set status = 'running', started_at = $3, failure = null, base_commit = coalesce(o.base_commit, $4)
         from before where o.id = $1 and before.status not in ('committed', 'pushed')
     )
     select base_commit as "baseCommit", commit_hash as "commitHash", committed_at as "committedAt" from before`,
    [operationId, kbId, ctx.now(), tip],
  );
  return rows[0] ?? null;
}

/** Says in one transaction that the commit is there, with everything that follows from it. */
export async function recordCommit(
  ctx: Ctx,
  room: Pick<OperationRoom, "kbId" | "spaceId" | "hasRemote">,
  operation: OperationInput,
  { commit, head, changes }: Made,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    const recorded = await tx.query(
      `with recorded as (
         update kb_operations set status = 'committed', commit_hash = $2, committed_at = $3, files = $4, failure = null
          where id = $1 and status not in ('committed', 'pushed') returning id
       ), moved as (
         update knowledge_bases set head_commit = $6 where id = $5
       )
       select id from recorded`,
      [operation.operationId, commit.hash, commit.committedAt, changes.map((change) => change.path), room.kbId, head],
    );
    if (recorded.length === 0) return;
    await operation.inTransaction?.(tx, { commitHash: commit.hash, committedAt: commit.committedAt, changes });
    if (room.hasRemote) await enqueue(tx, kbPush, { spaceId: room.spaceId });
  });
}

/** Forgets an operation that turned out to have nothing to do. */
export async function dropRow(ctx: Ctx, operationId: string): Promise<void> {
  await ctx.db.pool.query("delete from kb_operations where id = $1 and status = 'running'", [operationId]);
}

/** Keeps why a try failed. Another try may follow; it finds what this one left behind. */
export async function failRow(ctx: Ctx, operationId: string, error: unknown): Promise<void> {
  const reason =
    error instanceof AppError ? error.message : "Something unexpected went wrong; the log has the details.";
  try {
    await ctx.db.pool.query(
      "update kb_operations set status = 'failed', failure = $2 where id = $1 and status = 'running'",
      [operationId, reason],
    );
  } catch (cause) {
    // Without the database the row stays as it is; the error that led here is the one that counts.
    ctx.log.warn({ error: cause, operationId }, "kb.operation could not note that it failed");
  }
}
