import { type Handler, handle, isForGood } from "#server/jobs/index.ts";
import type { Actor } from "#server/lib/ctx.ts";
import { AppError } from "#server/lib/errors.ts";
import type { Llm } from "#server/llm/index.ts";

import { replayHandlers } from "./replay/handlers.ts";
import { prepareBatches } from "./runs/batches.ts";
import { lookForRuns, prepareRun, workLane } from "./jobs.ts";
import { startAutomaticRun } from "./runs/auto.ts";
import { failRun } from "./runs/runs.ts";
import { startScheduledRun } from "./runs/schedule.ts";
import { workOnBatches } from "./runs/work.ts";
import { sweepHandlers } from "./sweep/handlers.ts";

/** Who has created a run that nobody asked for. */
const BY_ITSELF: Actor = { type: "system", name: "Winnow" };

/** The jobs of a run. A job that fails for good fails its run: none is `running` for ever. */
export function analysisHandlers(deps: { llm: Llm }): Handler[] {
  return [
    handle(prepareRun, async (ctx, payload, job) => {
      try {
        await prepareBatches(deps, ctx, payload);
      } catch (error) {
        if (isForGood(job, error)) await failRun(ctx, { ...payload, failure: whyIn(error) });
        throw error;
      }
    }),
    handle(workLane, async (ctx, payload, job) => {
      try {
        await workOnBatches(deps, ctx, payload, job);
      } catch (error) {
        if (isForGood(job, error)) await failRun(ctx, { ...payload, failure: whyIn(error) });
        throw error;
      }
    }),
    handle(lookForRuns, async (ctx, payload) => {
      // What the clock asks for comes before what chats would: it reads all of them.
      const byItself = { ...ctx, actor: BY_ITSELF };
      if ((await startScheduledRun(deps, byItself, payload)) === null) await startAutomaticRun(deps, byItself, payload);
    }),
    ...replayHandlers(deps),
    ...sweepHandlers(),
  ];
}

/** An answer says itself what it is about; what was tried again and again says nothing to people. */
function whyIn(error: unknown): string {
  if (error instanceof AppError && error.code !== "cancelled") return error.message;
  return "It was tried again and again and could not go on; the log says why. Start a new run.";
}
