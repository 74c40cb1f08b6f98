import type { ComponentProps } from "react";

import { cn } from "./cn.ts";
import { fieldStyle } from "./input.tsx";

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      className={cn(fieldStyle(), "h-auto min-h-24 py-2 leading-normal pointer-coarse:h-auto", className)}
      {...props}
    />
  );
}
