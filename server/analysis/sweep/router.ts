import { router, spaceProcedure } from "#server/trpc/base.ts";

import { sweep } from "./sweep.ts";

export const sweepRouter = router({
  run: spaceProcedure("reviewer").mutation(({ ctx, input }) => sweep(ctx, input)),
});
