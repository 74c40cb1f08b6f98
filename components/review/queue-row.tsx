import type { MouseEvent } from "react";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import { Age } from "#components/ui/time.tsx";

import { ConfidenceMark } from "./confidence.tsx";
import type { ProposalItem } from "./proposal.ts";
import { KIND_WORDS } from "./words.ts";

export const rowId = (proposalId: string) => `row-${proposalId}`;

const BUSY_WORDS: Record<string, string> = { approve: "Approving…", reject: "Rejecting…", merge: "Merging…" };

/** One proposal in two lines: what it says, and the words that it rests on. */
export function QueueRow({
  item,
  href,
  isShown,
  isSelected,
  canSelect,
  busyWith,
  onOpen,
  onSelect,
}: {
  item: ProposalItem;
  href: string;
  isShown: boolean;
  isSelected: boolean;
  canSelect: boolean;
  busyWith: string | null;
  onOpen: (byKeyboard: boolean) => void;
  onSelect: (withRange: boolean) => void;
}) {
  const [quote] = item.evidence;
  return (
    <li
      className={cn(
        "group relative flex border-b border-l-2 border-l-transparent",
        isShown ? "border-l-accent bg-selected" : "hover:bg-hover",
        busyWith && "opacity-60",
      )}
    >
      {canSelect && (
        <label className="flex w-9 shrink-0 justify-center pt-3">
          <Checkbox
            checked={isSelected}
            aria-label={`Select “${item.title}”`}
            className={cn(
              !isSelected && "opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100",
            )}
            onClick={(event) => onSelect(event.shiftKey)}
            onChange={() => {}}
          />
        </label>
      )}
      <a
        id={rowId(item.id)}
        href={href}
        aria-current={isShown ? "true" : undefined}
        onClick={(event) => {
          if (wantsNewTab(event)) return;
          event.preventDefault();
          onOpen(event.detail === 0);
        }}
        className={cn("block min-w-0 flex-1 py-2 pr-3 -outline-offset-2", !canSelect && "pl-3")}
      >
        <span className="flex items-baseline gap-2">
          <span className="truncate font-medium">{item.title}</span>
          <Age at={item.decidedAt ?? item.createdAt} className="ml-auto shrink-0 text-xs text-muted tabular-nums" />
        </span>
        <span className={cn("block truncate text-sm", quote ? "text-soft" : "text-muted")}>
          {quote ? `“${quote.quote}”` : "No quote holds for this one"}
        </span>
        <span className="mt-0.5 flex items-center gap-1.5 text-xs text-muted">
          {busyWith ? (
            <span role="status">{BUSY_WORDS[busyWith] ?? "Working…"}</span>
          ) : (
            <>
              <span className="font-medium text-soft">{KIND_WORDS[item.kind].one}</span>
              <span aria-hidden>·</span>
              <ConfidenceMark confidence={item.confidence} hasEvidence={item.hasEvidence} />
              <span aria-hidden>·</span>
              <span className="truncate">{item.chatTitle}</span>
              {item.isEdited && <span className="shrink-0">· edited</span>}
            </>
          )}
        </span>
      </a>
    </li>
  );
}

const wantsNewTab = (event: MouseEvent) => event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
