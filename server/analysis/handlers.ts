import { type Handler, handle } from "#server/jobs/index.ts";
import type { Llm } from "#server/llm/index.ts";

import { prepareBatches } from "./runs/batches.ts";
import { prepareRun, workLane } from "./jobs.ts";
import { failRun } from "./runs/runs.ts";
import { workOnBatches } from "./runs/work.ts";

/** The jobs of a run. A job that fails for good fails its run: none is `running` for ever. */
export function analysisHandlers(deps: { llm: Llm }): Handler[] {
  const failure = "It was tried again and again and could not go on; the log says why. Start a new run.";
  return [
    handle(prepareRun, async (ctx, payload, job) => {
      try {
        await prepareBatches(ctx, payload);
      } catch (error) {
        if (job.isLastAttempt) await failRun(ctx, { ...payload, failure });
        throw error;
      }
    }),
    handle(workLane, async (ctx, payload, job) => {
      try {
        await workOnBatches(deps, ctx, payload, job);
      } catch (error) {
        if (job.isLastAttempt) await failRun(ctx, { ...payload, failure });
        throw error;
      }
    }),
  ];
}
