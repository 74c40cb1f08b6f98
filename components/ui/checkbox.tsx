import type { ComponentProps } from "react";

import { cn } from "./cn.ts";

/** The platform's own checkbox in our colour; its label and reach come from what wraps it. */
export function Checkbox({ className, ...props }: Omit<ComponentProps<"input">, "type">) {
  return <input type="checkbox" className={cn("size-4 shrink-0 accent-ink", className)} {...props} />;
}
