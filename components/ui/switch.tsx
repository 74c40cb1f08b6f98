"use client";

import { Switch as Radix } from "radix-ui";
import type { ComponentProps } from "react";

import { cn } from "./cn.ts";

/** On or off, at once. Its label comes from what points at it. */
export function Switch({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cn(
        "inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-control bg-sunken p-0.5 transition-colors disabled:opacity-55 aria-disabled:opacity-55 data-[state=checked]:border-ink data-[state=checked]:bg-ink",
        className,
      )}
      {...props}
    >
      <Radix.Thumb className="size-3.5 rounded-full bg-muted transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-surface" />
    </Radix.Root>
  );
}
