import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { listCalls } from "./runs/calls.ts";
import { compareRuns } from "./runs/compare.ts";
import { cloneRun, createRun } from "./runs/create.ts";
import { previewRun } from "./runs/estimate.ts";
import { retryBatches } from "./runs/failed.ts";
import { listRuns, runById } from "./runs/queries.ts";
import { startWithReader } from "./runs/reader.ts";
import { cancelRun, closeRun } from "./runs/runs.ts";
import { listSkipped } from "./runs/skipped.ts";
import { RunWindow, RunWishes, SkipReason } from "./schema.ts";

export { contextRouter } from "./context/router.ts";
export { examplesRouter, learningRouter } from "./learning/router.ts";
export { replaysRouter } from "./replay/router.ts";
export { sweepRouter } from "./sweep/router.ts";

const RunId = z.object({ runId: z.uuid() });
const Cursor = z.object({ cursor: z.uuid().optional() });

export const runsRouter = router({
  list: spaceProcedure("viewer")
    .input(z.object({ limit: z.number().int().min(1).max(100).default(30) }))
    .query(({ ctx, input }) => listRuns(ctx, input)),
  byId: spaceProcedure("viewer")
    .input(RunId)
    .query(({ ctx, input }) => runById(ctx, input)),
  skipped: spaceProcedure("viewer")
    .input(RunId.extend(Cursor.shape).extend({ reason: SkipReason.optional() }))
    .query(({ ctx, input }) => listSkipped(ctx, input)),
  calls: spaceProcedure("viewer")
    .input(RunId.extend(Cursor.shape))
    .query(({ ctx, input }) => listCalls(ctx, input)),
  compare: spaceProcedure("viewer")
    .input(z.object({ a: z.uuid(), b: z.uuid() }))
    .query(({ ctx, input }) => compareRuns(ctx, input)),
  preview: spaceProcedure("viewer")
    .input(RunWindow)
    .input(RunWishes)
    .query(({ ctx, input }) => previewRun({ llm: ctx.llm }, ctx, input)),
  create: spaceProcedure("reviewer")
    .input(RunWindow)
    .input(RunWishes)
    .mutation(({ ctx, input }) => createRun(ctx, input)),
  clone: spaceProcedure("reviewer")
    .input(RunId)
    .mutation(({ ctx, input }) => cloneRun(ctx, input)),
  start: spaceProcedure("reviewer")
    .input(RunId)
    .mutation(({ ctx, input }) => startWithReader({ llm: ctx.llm }, ctx, input)),
  retryBatches: spaceProcedure("reviewer")
    .input(RunId.extend({ batchIds: z.array(z.uuid()).min(1).max(1_000).optional() }))
    .mutation(({ ctx, input }) => retryBatches(ctx, input)),
  cancel: spaceProcedure("reviewer")
    .input(RunId)
    .mutation(({ ctx, input }) => cancelRun(ctx, input)),
  close: spaceProcedure("reviewer")
    .input(RunId)
    .mutation(({ ctx, input }) => closeRun(ctx, input)),
});
