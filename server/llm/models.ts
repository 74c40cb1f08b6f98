import type OpenAI from "openai";

import type { Clock } from "#server/lib/clock.ts";

import { untilAborted } from "./policies.ts";
import { isModelId } from "./provider.ts";

const KEPT_MS = 5 * 60_000;
/** An endpoint that did not tell may only have been away for a moment. */
const KEPT_FAILURE_MS = 30_000;
const MOST_MODELS = 200;
/** People wait for the list. */
const TIMEOUT_MS = 10_000;

/** Lists the endpoint's models, `first` first and always; asks at most every five minutes, once for all who wait. */
export function createModels({ client, first, now }: { client: OpenAI; first: string; now: Clock }) {
  let kept: Promise<string[]> | null = null;
  let keptUntilMs = 0;

  const ask = async (): Promise<string[]> => {
    try {
      const page = await client.models.list({ signal: AbortSignal.timeout(TIMEOUT_MS) });
      keptUntilMs = now().getTime() + KEPT_MS;
      const ids = page.data.map((model: { id?: unknown } | null) => model?.id);
      const wellFormed = ids.filter((id) => typeof id === "string").filter(isModelId);
      return [...new Set([first, ...wellFormed])].slice(0, MOST_MODELS);
    } catch {
      // Not every endpoint tells; the one model that it is set up with is known all the same.
      keptUntilMs = now().getTime() + KEPT_FAILURE_MS;
      return [first];
    }
  };

  return (signal: AbortSignal): Promise<string[]> => {
    if (!kept || keptUntilMs <= now().getTime()) {
      // Until it has ended, nobody else asks.
      keptUntilMs = Number.POSITIVE_INFINITY;
      kept = ask();
    }
    return untilAborted(kept, signal);
  };
}
