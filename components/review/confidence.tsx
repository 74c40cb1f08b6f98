import type { Confidence } from "#server/proposals/schema.ts";

import { cn } from "#components/ui/cn.ts";

import { CONFIDENCE_WORDS } from "./words.ts";

/** Three bars and the word: the strength of the evidence without relying on colour. */
export function ConfidenceMark({
  confidence,
  hasEvidence,
  isLong = false,
  className,
}: {
  confidence: Confidence;
  hasEvidence: boolean;
  isLong?: boolean;
  className?: string;
}) {
  const { label, short, bars } = CONFIDENCE_WORDS[confidence];
  return (
    <span className={cn("inline-flex shrink-0 items-center gap-1 text-xs text-soft", className)}>
      <span aria-hidden className="flex h-2.5 items-end gap-px">
        {[1, 2, 3].map((bar) => (
          <span
            key={bar}
            className={cn(
              "w-0.5 rounded-full",
              { 1: "h-1", 2: "h-1.5", 3: "h-2.5" }[bar],
              hasEvidence && bar <= bars ? "bg-accent" : "bg-line",
            )}
          />
        ))}
      </span>
      {hasEvidence ? (isLong ? label : short) : isLong ? "No evidence" : "no quote"}
    </span>
  );
}
