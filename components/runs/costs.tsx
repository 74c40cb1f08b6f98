import { counted } from "#components/review/words.ts";
import { FactList } from "#components/ui/fact-list.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import { inDollars } from "./money.ts";
import type { RunDetail } from "./run.ts";
import { OUTCOME_WORDS } from "./words.ts";

/** What the model calls of a run took, as far as the endpoint said. */
export function Costs({ calls }: { calls: RunDetail["calls"] }) {
  const number = (count: number) => count.toLocaleString("en-GB");
  const isToldTokens = calls.inputTokens !== null || calls.outputTokens !== null;
  const tokens = isToldTokens
    ? `${number(calls.inputTokens ?? 0)} in, ${number(calls.outputTokens ?? 0)} out`
    : "not told by the endpoint";
  const outcomes = Object.entries(calls.byOutcome)
    .toSorted(([, one], [, other]) => other - one)
    .map(([outcome, n]) => `${number(n)} ${OUTCOME_WORDS[outcome] ?? outcome}`);
  return (
    <FactList
      className="max-w-xl tabular-nums"
      facts={[
        { name: "Model calls", value: `${counted(calls.count, "call")}: ${outcomes.join(", ")}` },
        { name: "Tokens", value: tokens },
        {
          name: "From a cache",
          value: calls.cachedTokens === null ? null : `${number(calls.cachedTokens)} of those that it read`,
        },
        {
          name: "Cost",
          value: [
            inDollars(calls.costUsd, "the model's price is not known"),
            calls.costUsd !== null &&
              calls.withoutPrice > 0 &&
              `and ${counted(calls.withoutPrice, "call")} at an unknown price`,
          ]
            .filter(Boolean)
            .join(" "),
        },
        {
          name: "Answer time",
          value: calls.latencyP50Ms === null ? null : `${formatDuration(calls.latencyP50Ms)} for the middle one`,
        },
        { name: "Waiting in all", value: formatDuration(calls.latencyMs) },
      ]}
    />
  );
}
