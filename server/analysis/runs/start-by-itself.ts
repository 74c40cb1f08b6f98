import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import type { RunTrigger } from "#prisma/enums.ts";

import { createIn } from "./create.ts";
import type { Reader } from "./reader.ts";
import { closeIn, startIn } from "./runs.ts";

/** Creates and starts a run that nobody asked for. Throws what `isOpenConflict` knows where another is open. */
export async function openAndStart(
  tx: Tx,
  ctx: Ctx,
  { provider }: Reader,
  input: { spaceId: string; windowStart: Date; windowEnd: Date; chatIds: string[]; trigger: RunTrigger },
): Promise<string> {
  await closeEmpty(tx, ctx, input.spaceId);
  const { id: runId } = await createIn(tx, ctx, input);
  await startIn(tx, ctx, { spaceId: input.spaceId, runId, provider });
  return runId;
}

/** A run that found nothing has nothing to undo either: it makes room by itself. */
async function closeEmpty(tx: Tx, ctx: Ctx, spaceId: string): Promise<void> {
  const [empty] = await tx.query<{ id: string }>(
    "select id from runs where space_id = $1 and status = 'reviewed' and proposals_total = 0 and batches_failed = 0 for update",
    [spaceId],
  );
  if (empty) await closeIn(tx, ctx, { spaceId, runId: empty.id });
}
