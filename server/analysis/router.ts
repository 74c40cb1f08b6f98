import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { previewRun } from "./runs/batches.ts";
import { listRuns, runById } from "./runs/queries.ts";
import { cancelRun, closeRun, createRun, startRun } from "./runs/runs.ts";
import { RunWindow } from "./schema.ts";

const RunId = z.object({ runId: z.uuid() });

export const runsRouter = router({
  list: spaceProcedure("viewer")
    .input(z.object({ limit: z.number().int().min(1).max(100).default(30) }))
    .query(({ ctx, input }) => listRuns(ctx, input)),
  byId: spaceProcedure("viewer")
    .input(RunId)
    .query(({ ctx, input }) => runById(ctx, input)),
  preview: spaceProcedure("viewer")
    .input(RunWindow)
    .query(({ ctx, input }) => previewRun(ctx, input)),
  create: spaceProcedure("reviewer")
    .input(RunWindow)
    .mutation(({ ctx, input }) => createRun(ctx, input)),
  start: spaceProcedure("reviewer")
    .input(RunId)
    .mutation(({ ctx, input }) => startRun(ctx, { ...input, provider: ctx.llm.provider })),
  cancel: spaceProcedure("reviewer")
    .input(RunId)
    .mutation(({ ctx, input }) => cancelRun(ctx, input)),
  close: spaceProcedure("reviewer")
    .input(RunId)
    .mutation(({ ctx, input }) => closeRun(ctx, input)),
});
