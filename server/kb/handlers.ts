import { type Handler, handle } from "#server/jobs/index.ts";

import { AppError } from "#server/lib/errors.ts";

import { kbPush, kbResolve, kbSync } from "./jobs.ts";
import type { Kbs } from "./kb.ts";
import { resolveConflict } from "./resolve.ts";

/** What keeps a knowledge base and its remote in step. */
export function kbHandlers(deps: { kbs: Kbs }): Handler[] {
  return [
    handle(kbPush, async (ctx, { spaceId }) => {
      const kb = await deps.kbs.open(spaceId);
      await kb.push(ctx);
    }),
    handle(kbSync, async (ctx, { spaceId, isAsked }, { signal }) => {
      try {
        const kb = await deps.kbs.open(spaceId);
        await kb.sync(ctx, { isAsked, signal });
      } catch (error) {
        if (!(error instanceof AppError) || error.code === "cancelled") throw error;
        // The Sync page says it, and the timer asks again.
        await ctx.db.pool.query("update knowledge_bases set synced_at = $2, sync_failure = $3 where space_id = $1", [
          spaceId,
          ctx.now(),
          error.message,
        ]);
      }
    }),
    handle(kbResolve, async (ctx, { spaceId, conflictId }) => {
      await resolveConflict(ctx, await deps.kbs.open(spaceId), { conflictId });
    }),
  ];
}
