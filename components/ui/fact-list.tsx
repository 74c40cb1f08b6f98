import type { ReactNode } from "react";

import { cn } from "./cn.ts";

export type Fact = { name: string; value: ReactNode };

/** Names and values in two columns. What has no value is left out. */
export function FactList({ facts, className }: { facts: readonly Fact[]; className?: string }) {
  return (
    <dl className={cn("grid grid-cols-facts gap-x-3 gap-y-1", className)}>
      {facts.map(({ name, value }) =>
        value ? (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
