import { type Handler, handle, isForGood } from "#server/jobs/index.ts";
import type { Llm } from "#server/llm/index.ts";

import { replayLane } from "./jobs.ts";
import { readLane } from "./read.ts";
import { failReplay } from "./replays.ts";

/** The jobs of replays. One that fails for good fails its replay: none is `running` for ever. */
export function replayHandlers(deps: { llm: Llm }): Handler[] {
  return [
    handle(replayLane, async (ctx, payload, job) => {
      try {
        await readLane(deps, ctx, payload, job);
      } catch (error) {
        if (isForGood(job, error)) {
          const failure = "It was tried again and again and could not go on; the log says why. Start a new one.";
          await failReplay(ctx, { ...payload, failure });
        }
        throw error;
      }
    }),
  ];
}
