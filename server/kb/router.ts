import { router, spaceProcedure } from "#server/trpc/base.ts";

import { kbStatus } from "./queries.ts";

export const kbRouter = router({
  status: spaceProcedure("viewer").query(({ ctx, input }) => kbStatus({ kbs: ctx.kbs }, ctx, input)),
});
