import { z } from "zod";

import { enqueue, enqueueCall, type JobCall } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { kbSync } from "./jobs.ts";

const StoredCall = z.object({
  name: z.string(),
  payload: z.record(z.string(), z.unknown()),
  maxAttempts: z.number(),
  key: z.string().nullable(),
  atHome: z.boolean(),
}) satisfies z.ZodType<JobCall>;

/** Tries an operation again that failed or conflicted. @throws AppError `conflict` for one that has nothing to be tried again for */
export async function retryOperation(ctx: Ctx, { spaceId, operationId }: { spaceId: string; operationId: string }) {
  await transaction(ctx.db, async (tx) => {
    const [row] = await tx.query<{ status: string; retryJob: unknown }>(
      `select status, retry_job as "retryJob" from kb_operations where id = $1 and space_id = $2 for update`,
      [operationId, spaceId],
    );
    if (!row) throw new AppError("not_found", "There is no such operation in this space.");
    if (row.status !== "failed" && row.status !== "conflicted") {
      throw new AppError("conflict", `This operation is ${row.status}, so there is nothing to try again.`);
    }
    const call = StoredCall.safeParse(row.retryJob);
    if (!call.success) {
      throw new AppError("conflict", "This operation cannot be tried again by itself: the next sync does its work.");
    }
    // A sync has operations of its own.
    await (call.data.name === kbSync.name
      ? tx.query("delete from kb_operations where id = $1", [operationId])
      : tx.query("update kb_operations set status = 'queued', failure = null, queued_at = $2 where id = $1", [
          operationId,
          ctx.now(),
        ]));
    await enqueueCall(tx, call.data);
  });
}

/** Asks for a sync now. What came of it is announced with `kb.synced`. */
export async function requestSync(ctx: Ctx, { spaceId }: { spaceId: string }): Promise<void> {
  await transaction(ctx.db, (tx) => enqueue(tx, kbSync, { spaceId, isAsked: true }));
}
