"use client";

import Link from "next/link";
import { useSelectedLayoutSegment } from "next/navigation";
import type { ReactNode } from "react";

import { useSpacePath } from "#components/shell/space.tsx";
import { cn } from "#components/ui/cn.ts";
import { PageHeader } from "#components/ui/page-header.tsx";

const TABS = [
  { segment: null, label: "General" },
  { segment: "models", label: "Models" },
  { segment: "prompts", label: "Prompts" },
  { segment: "project", label: "Project" },
] as const;

/** The title and the tabs above every page of the settings. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const here = useSelectedLayoutSegment();
  const path = useSpacePath();
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader title="Settings">How Winnow reads, writes and answers in this space.</PageHeader>
      <nav aria-label="Parts of the settings" className="overflow-x-auto border-b px-2 md:px-4">
        <ul className="flex gap-1">
          {TABS.map(({ segment, label }) => (
            <li key={label}>
              <Link
                href={path(segment === null ? "settings" : `settings/${segment}`)}
                aria-current={segment === here ? "page" : undefined}
                className={cn(
                  "-mb-px inline-flex h-9 items-center border-b-2 border-transparent px-2 text-sm font-medium text-muted hover:text-ink pointer-coarse:h-11",
                  segment === here && "border-accent text-ink",
                )}
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-4xl flex-col gap-8 px-4 py-5 md:px-6">{children}</div>
      </div>
    </div>
  );
}
