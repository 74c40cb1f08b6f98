import type { ComponentProps } from "react";

import { cn } from "./cn.ts";

/** A table that scrolls sideways inside its own box. Give it a caption or `aria-label`. */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    <div className="relative w-full overflow-x-auto" tabIndex={0} role="group" aria-label={props["aria-label"]}>
      <table className={cn("w-full border-collapse text-left text-base", className)} {...props} />
    </div>
  );
}

export function TableHead({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn("border-b px-2 py-1.5 text-sm font-medium whitespace-nowrap text-muted", className)}
      {...props}
    />
  );
}

export function TableCell({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn("border-b px-2 py-2 align-top", className)} {...props} />;
}
