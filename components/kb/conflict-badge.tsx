"use client";

import { TriangleAlert } from "lucide-react";
import Link from "next/link";

import { counted } from "#components/review/words.ts";
import { useSpacePath } from "#components/shell/space.tsx";
import { cn } from "#components/ui/cn.ts";

/** How many conflicts wait for a person, as the way to them. Nothing where none does. */
export function ConflictBadge({ count, className }: { count: number; className?: string }) {
  const path = useSpacePath();
  if (count === 0) return null;
  return (
    <Link
      href={path("knowledge/sync#conflicts")}
      className={cn(
        "inline-flex h-6 shrink-0 items-center gap-1 rounded-sm bg-warning-soft px-1.5 text-xs font-medium text-warning hover:underline",
        className,
      )}
    >
      <TriangleAlert aria-hidden className="size-3" />
      {counted(count, "conflict")}
    </Link>
  );
}
