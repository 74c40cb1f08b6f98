import type { ReactNode } from "react";

import { cn } from "./cn.ts";
import { Label } from "./label.tsx";

/** A labelled control with a hint and, when something is wrong, the error in words. Give the control `id` and `aria-describedby`. */
export function Field({
  id,
  label,
  hint,
  error,
  className,
  children,
}: {
  id: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <Label htmlFor={id}>{label}</Label>
      {children}
      {error ? (
        <p id={`${id}-help`} role="alert" className="text-sm text-danger">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-help`} className="text-sm text-muted">
            {hint}
          </p>
        )
      )}
    </div>
  );
}
