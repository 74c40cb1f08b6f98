"use client";

import Link from "next/link";

import { useSpacePath } from "#components/shell/space.tsx";
import { cn } from "#components/ui/cn.ts";

const TABS = [
  { page: "runs", label: "Runs" },
  { page: "runs/accuracy", label: "Accuracy" },
  { page: "runs/replays", label: "Replays" },
] as const;

/** The parts of what is known of runs, above each of them. */
export function RunsTabs({ here }: { here: (typeof TABS)[number]["page"] }) {
  const path = useSpacePath();
  return (
    <nav aria-label="Parts of the runs" className="overflow-x-auto border-b px-2 md:px-4">
      <ul className="flex gap-1">
        {TABS.map(({ page, label }) => (
          <li key={page}>
            <Link
              href={path(page)}
              aria-current={page === here ? "page" : undefined}
              className={cn(
                "-mb-px inline-flex h-9 items-center border-b-2 border-transparent px-2 text-sm font-medium text-muted hover:text-ink pointer-coarse:h-11",
                page === here && "border-accent text-ink",
              )}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
