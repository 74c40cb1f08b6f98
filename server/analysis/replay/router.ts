import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { listReplays, replayById } from "./queries.ts";
import { cancelReplay, startReplay } from "./replays.ts";
import { StartReplay } from "./schema.ts";

const ReplayId = z.object({ replayId: z.uuid() });

export const replaysRouter = router({
  list: spaceProcedure("viewer")
    .input(z.object({ runId: z.uuid().optional(), limit: z.number().int().min(1).max(100).default(50) }))
    .query(({ ctx, input }) => listReplays(ctx, input)),
  byId: spaceProcedure("viewer")
    .input(ReplayId)
    .query(({ ctx, input }) => replayById(ctx, input)),
  start: spaceProcedure("reviewer")
    .input(StartReplay)
    .mutation(({ ctx, input }) => startReplay({ llm: ctx.llm }, ctx, input)),
  cancel: spaceProcedure("reviewer")
    .input(ReplayId)
    .mutation(({ ctx, input }) => cancelReplay(ctx, input)),
});
