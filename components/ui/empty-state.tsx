import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn.ts";

/** What to say where nothing is: why it is empty and the next step. */
export function EmptyState({
  icon: Icon,
  title,
  action,
  className,
  children,
}: {
  icon?: LucideIcon;
  title: string;
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <div className={cn("mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-12 text-center", className)}>
      {Icon && <Icon aria-hidden className="mb-1 size-6 text-muted" strokeWidth={1.5} />}
      <h2 className="text-lg font-semibold">{title}</h2>
      {children && <div className="text-base text-pretty text-muted">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
