import type { ComponentProps } from "react";

import { cn } from "./cn.ts";

/** A bounded surface, for something that stands alone on a page. Lists and sections do without. */
export function Card({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("rounded-lg border bg-surface", className)} {...props} />;
}
