import { enqueueCall, type JobCall } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";

import { subjectLine } from "./git/commit-text.ts";
import type { OperationKind } from "./schema.ts";

/**
 * Puts an operation that a person asked for into the queue, with all that is to be written, and enqueues the job that does it: whatever
 * happens to the process that took the request, the work is done once.
 */
export async function requestOperation(
  tx: Tx,
  ctx: Ctx,
  given: { spaceId: string; operationId: string; kind: OperationKind; subject: string; request: object; job: JobCall },
): Promise<void> {
  const { spaceId, operationId, kind, subject, request, job } = given;
  const [row] = await tx.query(
    `insert into kb_operations (id, space_id, kb_id, kind, status, subject, requested_by, request, retry_job, files, queued_at)
     select $1, $2, k.id, $3, 'queued', $4, $5, $6, $7, '{}', $8 from knowledge_bases k where k.space_id = $2 returning id`,
    [
      operationId,
      spaceId,
      kind,
      subjectLine(subject),
      ctx.actor,
      JSON.stringify(request),
      JSON.stringify(job),
      ctx.now(),
    ],
  );
  if (!row)
    throw new AppError("unavailable", "The knowledge base of this space is still being made. Try again in a moment.");
  await enqueueCall(tx, job);
}
