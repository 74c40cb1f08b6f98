import { counted } from "#components/review/words.ts";
import { formatDuration } from "#components/ui/time-format.ts";

import type { RunDetail } from "./run.ts";

/** What the model calls of a run took, as far as the endpoint said. */
export function Costs({ calls }: { calls: RunDetail["calls"] }) {
  const tokens =
    calls.inputTokens === null && calls.outputTokens === null
      ? "not told by the endpoint"
      : `${(calls.inputTokens ?? 0).toLocaleString("en-GB")} in, ${(calls.outputTokens ?? 0).toLocaleString("en-GB")} out`;
  const facts = [
    ["Model calls", counted(calls.count, "call")],
    ["Tokens", tokens],
    ["Cost", calls.costUsd === null ? "the model's price is not known" : `$${calls.costUsd.toFixed(4)}`],
    ["Time in the model", formatDuration(calls.latencyMs ?? 0)],
  ] as const;
  return (
    <dl className="grid max-w-xl grid-cols-[9rem_minmax(0,1fr)] gap-x-3 gap-y-1">
      {facts.map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-muted">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
