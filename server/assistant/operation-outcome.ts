import { setTimeout as sleep } from "node:timers/promises";

import type { Ctx } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";

import type { Words } from "./words/index.ts";

const LOOK_MS = 150;
/** After this a person is told that it is under way. */
const PATIENCE_MS = 20_000;

/**
 * Waits until an operation on the knowledge base is committed, so that what is said of it is true.
 * @throws AppError `conflict` in words where it waits for a person, failed, or is not done in time
 */
export async function untilWritten(ctx: Ctx, operationId: string, words: Words, signal: AbortSignal): Promise<void> {
  for (const startedMs = Date.now(); Date.now() - startedMs < PATIENCE_MS;) {
    const row = await ctx.db.prisma.kbOperation.findUnique({ where: { id: operationId } });
    // An operation that had nothing to change is forgotten.
    if (!row || row.commitHash) return;
    if (row.status === "conflicted") throw new AppError("conflict", words("core.tap.waits"));
    if (row.status === "failed") throw new AppError("conflict", row.failure ?? words("core.tap.underWay"));
    await sleep(LOOK_MS, undefined, { signal });
  }
  throw new AppError("conflict", words("core.tap.underWay"));
}
