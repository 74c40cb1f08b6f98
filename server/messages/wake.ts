import { enqueue } from "#server/jobs/index.ts";
import { type Db, transaction } from "#server/lib/db.ts";

import { telegramHandle } from "./jobs.ts";

/**
 * Gives every lane with updates still to handle a job, in case it has none: after the first space was made,
 * and at the start of a worker.
 */
export async function wakeLanes(db: Pick<Db, "pool">): Promise<void> {
  await transaction(db, async (tx) => {
    const lanes = await tx.query<{ chatKey: string }>(
      `select distinct chat_key as "chatKey" from inbound_updates where handled_at is null`,
    );
    for (const lane of lanes) await enqueue(tx, telegramHandle, lane);
  });
}
