"use client";

import { Progress as Radix } from "radix-ui";

import { cn } from "./cn.ts";

/** How far something is: `value` of `max`, said in words to screen readers by `label`. */
export function Progress({
  value,
  max,
  label,
  className,
}: {
  value: number;
  max: number;
  label: string;
  className?: string;
}) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  return (
    <Radix.Root
      value={Math.min(value, Math.max(max, 1))}
      max={Math.max(max, 1)}
      aria-label={label}
      getValueLabel={() => label}
      className={cn("h-1.5 w-full overflow-hidden rounded-full bg-line", className)}
    >
      <Radix.Indicator
        className="h-full origin-left rounded-full bg-accent transition-transform duration-300"
        style={{ transform: `scaleX(${share})` }}
      />
    </Radix.Root>
  );
}
