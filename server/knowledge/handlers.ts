import { type Handler, handle } from "#server/jobs/index.ts";
import type { Kbs } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";

import { makeAllChunks } from "./chunks.ts";
import { prepareSearch, writeNotes } from "./jobs.ts";
import { type Embedder, embedMissing } from "./meaning.ts";
import { writeRequested } from "./write.ts";

/**
 * What people do with notes themselves, and what makes notes findable.
 * @param deps.embedder the model that a space's texts are read with, or null where it has none
 */
export function knowledgeHandlers(deps: {
  kbs: Kbs;
  embedder?: (ctx: Ctx, spaceId: string) => Promise<Embedder | null>;
}): Handler[] {
  return [
    handle(writeNotes, async (ctx, { spaceId, operationId }) => {
      await writeRequested(ctx, await deps.kbs.open(spaceId), operationId);
    }),
    handle(prepareSearch, async (ctx, { spaceId }, { signal }) => {
      await makeAllChunks(ctx, { spaceId, signal });
      const embedder = await deps.embedder?.(ctx, spaceId);
      if (!embedder) return;
      while ((await embedMissing(embedder, ctx, { spaceId, signal })) === "more") signal.throwIfAborted();
    }),
  ];
}
