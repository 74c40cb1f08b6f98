import { type Handler, handle } from "#server/jobs/index.ts";
import type { Kbs } from "#server/kb/index.ts";

import { writeNotes } from "./jobs.ts";
import { writeRequested } from "./write.ts";

/** What people do with notes themselves. */
export function knowledgeHandlers(deps: { kbs: Kbs }): Handler[] {
  return [
    handle(writeNotes, async (ctx, { spaceId, operationId }) => {
      await writeRequested(ctx, await deps.kbs.open(spaceId), operationId);
    }),
  ];
}
