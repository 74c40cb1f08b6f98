import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { accuracyOfRun } from "./accuracy.ts";
import { hideExample, listExamples, showExample } from "./examples.ts";
import { calibration, overTime, summary } from "./over-time.ts";
import { FiguresOf, Split } from "./schema.ts";

const DecisionId = z.object({ decisionId: z.uuid() });

export const learningRouter = router({
  overTime: spaceProcedure("viewer")
    .input(FiguresOf.extend({ by: z.enum(["week", "run"]).default("week"), split: Split.default("none") }))
    .query(({ ctx, input }) => overTime(ctx, input)),
  summary: spaceProcedure("viewer")
    .input(FiguresOf)
    .query(({ ctx, input }) => summary(ctx, input)),
  calibration: spaceProcedure("viewer").query(({ ctx, input }) => calibration(ctx, input)),
  run: spaceProcedure("viewer")
    .input(z.object({ runId: z.uuid() }))
    .query(({ ctx, input }) => accuracyOfRun(ctx, input)),
});

export const examplesRouter = router({
  list: spaceProcedure("viewer")
    .input(z.object({ limit: z.number().int().min(1).max(200).default(100) }))
    .query(({ ctx, input }) => listExamples(ctx, input)),
  hide: spaceProcedure("reviewer")
    .input(DecisionId)
    .mutation(({ ctx, input }) => hideExample(ctx, input)),
  show: spaceProcedure("reviewer")
    .input(DecisionId)
    .mutation(({ ctx, input }) => showExample(ctx, input)),
});
