"use client";

import { Check } from "lucide-react";

import { cn } from "#components/ui/cn.ts";
import { Kbd } from "#components/ui/kbd.tsx";

import type { Choices } from "./choices.ts";
import { type ConflictedFile, fileName } from "./kb.ts";

/** The files of a conflict, with what is chosen for each. */
export function FileTabs({
  files,
  choices,
  shown,
  onShow,
}: {
  files: readonly ConflictedFile[];
  choices: Choices;
  shown: ConflictedFile;
  onShow: (path: string) => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <ul aria-label="Files in conflict" className="flex min-w-0 flex-wrap gap-1">
        {files.map((file) => {
          const choice = choices[file.path]?.choice;
          return (
            <li key={file.path} className="min-w-0">
              <button
                type="button"
                aria-current={file === shown ? "true" : undefined}
                title={file.path}
                onClick={() => onShow(file.path)}
                className={cn(
                  "flex min-h-7 max-w-full items-center gap-1.5 rounded-md px-2 text-sm hover:bg-hover pointer-coarse:min-h-9",
                  file === shown && "bg-selected font-medium hover:bg-selected",
                )}
              >
                {choice && <Check aria-hidden className="size-3.5 shrink-0 text-success" />}
                <span className="truncate">{fileName(file.path)}</span>
                <span className="shrink-0 text-muted">{choice ?? "open"}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <Kbd keys={["j", "k"]} className="pointer-coarse:hidden" />
    </div>
  );
}
