import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";

import { cn } from "./cn.ts";

/** Larger on phones, where browsers zoom into fields with text under 16 px. */
export const fieldStyle = cva(
  "w-full min-w-0 rounded-md border border-control bg-surface text-lg text-ink transition-colors hover:border-muted aria-invalid:border-danger disabled:opacity-55 md:text-base",
  {
    variants: {
      fieldSize: { sm: "h-7 px-2 pointer-coarse:h-9", md: "h-8 px-2.5 pointer-coarse:h-10", lg: "h-10 px-3" },
    },
    defaultVariants: { fieldSize: "md" },
  },
);

export function Input({ className, fieldSize, ...props }: ComponentProps<"input"> & VariantProps<typeof fieldStyle>) {
  return <input className={cn(fieldStyle({ fieldSize }), className)} {...props} />;
}
