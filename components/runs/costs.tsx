import { counted } from "#components/review/words.ts";
import { FactList } from "#components/ui/fact-list.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import type { RunDetail } from "./run.ts";

/** What the model calls of a run took, as far as the endpoint said. */
export function Costs({ calls }: { calls: RunDetail["calls"] }) {
  const tokens =
    calls.inputTokens === null && calls.outputTokens === null
      ? "not told by the endpoint"
      : `${(calls.inputTokens ?? 0).toLocaleString("en-GB")} in, ${(calls.outputTokens ?? 0).toLocaleString("en-GB")} out`;
  return (
    <FactList
      className="max-w-xl tabular-nums"
      facts={[
        { name: "Model calls", value: counted(calls.count, "call") },
        { name: "Tokens", value: tokens },
        {
          name: "Cost",
          value: calls.costUsd === null ? "the model's price is not known" : `$${calls.costUsd.toFixed(4)}`,
        },
        { name: "Waiting", value: formatDuration(calls.latencyMs ?? 0) },
      ]}
    />
  );
}
