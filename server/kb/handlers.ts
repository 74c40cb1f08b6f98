import { type Handler, handle } from "#server/jobs/index.ts";

import { kbPush } from "./jobs.ts";
import type { Kbs } from "./kb.ts";

/** What follows a commit. */
export function kbHandlers(deps: { kbs: Kbs }): Handler[] {
  return [
    handle(kbPush, async (ctx, { spaceId }) => {
      const kb = await deps.kbs.open(spaceId);
      await kb.push(ctx);
    }),
  ];
}
