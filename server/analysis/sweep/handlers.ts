import { type Handler, handle } from "#server/jobs/index.ts";

import { sweepJob } from "./jobs.ts";
import { sweep } from "./sweep.ts";

export function sweepHandlers(): Handler[] {
  return [
    handle(sweepJob, async (ctx, { spaceId }) => {
      const swept = await sweep({ ...ctx, actor: { type: "system", name: "Winnow" } }, { spaceId });
      ctx.log.info({ spaceId, ...swept }, "analysis.sweep has looked through the notes");
    }),
  ];
}
