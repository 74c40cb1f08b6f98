"use client";

import { type ReactNode, useMemo, useState } from "react";

import { cn } from "./cn.ts";
import { diffParts, foldedParts } from "./diff-parts.ts";

/** The text of a file, as it is. It scrolls in its own box. */
export function FileText({
  label = "File text",
  className,
  children,
}: {
  label?: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <pre
      tabIndex={0}
      role="group"
      aria-label={label}
      className={cn(
        "max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap",
        className,
      )}
    >
      {children}
    </pre>
  );
}

/** Two texts as one, with what went and what came marked word by word. Lines far from any change are folded away. */
export function WordDiff({
  before,
  after,
  label = "What changed",
  same = "Both say exactly the same.",
  className,
}: {
  before: string;
  after: string;
  label?: string;
  /** What is said where nothing differs. */
  same?: string;
  className?: string;
}) {
  const parts = useMemo(() => diffParts(before, after), [before, after]);
  const [showsAll, setShowsAll] = useState(false);
  if (parts.every((part) => part.change === "same")) return <p className="text-muted">{same}</p>;
  return (
    <FileText label={label} className={className}>
      {(showsAll ? parts : foldedParts(parts)).map((part, index) =>
        "hiddenLines" in part ? (
          <button
            key={index}
            type="button"
            onClick={() => setShowsAll(true)}
            className="my-1 block min-h-6 w-full rounded-sm px-1 text-left font-sans text-muted hover:bg-hover hover:text-ink"
          >
            ⋯ {part.hiddenLines} unchanged lines: show them
          </button>
        ) : part.change === "added" ? (
          <ins key={index} className="rounded-sm bg-success-soft text-success">
            {part.value}
          </ins>
        ) : part.change === "removed" ? (
          <del key={index} className="rounded-sm bg-danger-soft text-danger">
            {part.value}
          </del>
        ) : (
          <span key={index}>{part.value}</span>
        ),
      )}
    </FileText>
  );
}
