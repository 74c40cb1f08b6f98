import { counted } from "#components/review/words.ts";
import type { Outputs } from "#components/trpc/client.tsx";

import { inDollars } from "./money.ts";
import { SKIP_WORDS } from "./words.ts";

type Preview = Outputs["runs"]["preview"];

/** What a run would read, leave out, take and cost. */
export function RunPreview({ preview, window }: { preview: Preview; window: string }) {
  const { messages, batches, skipped, reader, estimate } = preview;
  const left = (Object.keys(SKIP_WORDS) as (keyof typeof SKIP_WORDS)[]).flatMap((reason) => {
    const count = skipped[reason] ?? 0;
    return count === 0 ? [] : [`${SKIP_WORDS[reason].label.toLowerCase()} ${count.toLocaleString("en-GB")}`];
  });
  return (
    <>
      <p className="font-medium">
        {messages === 0
          ? left.length > 0
            ? "Nothing new to read in this window"
            : "No messages in this window"
          : `${counted(messages, "message")} in ${counted(batches, "batch", "batches")}`}
      </p>
      <p className="text-sm text-muted">{window}</p>
      {left.length > 0 && <p className="mt-1 text-sm text-soft">Left out: {left.join(", ")}.</p>}
      {messages > 0 && <p className="mt-1 text-sm text-soft">{estimateInWords(estimate, reader.label)}</p>}
    </>
  );
}

function estimateInWords(estimate: Preview["estimate"], label: string): string {
  if (!estimate) return "The rules engine reads them, at no cost.";
  const { basis, inputTokens, outputTokens, costUsd } = estimate;
  const number = (count: number) => count.toLocaleString("en-GB");
  if (basis === "runs") {
    const tokens = `${number(inputTokens)} tokens in and ${number(outputTokens ?? 0)} out`;
    return `${label} would take about ${tokens}, ${inDollars(costUsd, "at a price that is not known")}, as past runs did.`;
  }
  const cost = costUsd === null ? "; its price is not known" : `, ${inDollars(costUsd)} and what it answers on top`;
  return `${label} would read about ${number(inputTokens)} tokens${cost}: an estimate from the number of characters.`;
}
