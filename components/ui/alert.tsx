import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "./cn.ts";

const looks = {
  info: { icon: Info, box: "bg-sunken", sign: "text-muted" },
  success: { icon: CircleCheck, box: "bg-success-soft", sign: "text-success" },
  warning: { icon: TriangleAlert, box: "bg-warning-soft", sign: "text-warning" },
  danger: { icon: CircleAlert, box: "bg-danger-soft", sign: "text-danger" },
} as const;

/** Says what happened and what to do. `danger` is announced at once. */
export function Alert({
  tone = "info",
  title,
  action,
  className,
  children,
}: {
  tone?: keyof typeof looks;
  title?: ReactNode;
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
}) {
  const { icon: Icon, box, sign } = looks[tone];
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={cn("flex items-start gap-2.5 rounded-md px-3 py-2.5 text-ink", box, className)}
    >
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", sign)} />
      <div className="min-w-0 flex-1">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className="text-sm break-words text-soft">{children}</div>}
      </div>
      {action}
    </div>
  );
}
