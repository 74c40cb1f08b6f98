import type { MouseEvent } from "react";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import { Age } from "#components/ui/time.tsx";

import { ConfidenceMark } from "./confidence.tsx";
import { focusHeading, rowId } from "./focus.ts";
import { Marks } from "./marks.tsx";
import type { ProposalItem } from "./proposal.ts";
import { KIND_WORDS } from "./words.ts";

const BUSY_WORDS: Record<string, string> = { approve: "Approving…", reject: "Rejecting…", merge: "Merging…" };

/** One proposal in two lines: what it says, and the words that it rests on. */
export function QueueRow({
  item,
  href,
  isShown,
  isOpen,
  isSelected,
  canSelect,
  busyWith,
  onOpen,
  onSelect,
}: {
  item: ProposalItem;
  href: string;
  isShown: boolean;
  /** Someone opened it: on phones the shown one is otherwise only the one that would be. */
  isOpen: boolean;
  isSelected: boolean;
  canSelect: boolean;
  busyWith: string | null;
  onOpen: (byKeyboard: boolean) => void;
  onSelect: (withRange: boolean) => void;
}) {
  const [quote] = item.evidence;
  const { one: kind, icon: Icon } = KIND_WORDS[item.kind];
  return (
    <li
      className={cn(
        "group relative flex border-b border-l-2 border-l-transparent",
        isShown && isOpen && "border-l-accent bg-selected",
        isShown && !isOpen && "lg:border-l-accent lg:bg-selected",
        !isShown && "hover:bg-hover",
        busyWith && "opacity-60",
      )}
    >
      <label className="relative z-10 flex w-9 shrink-0 justify-center pt-3">
        <Icon
          aria-hidden
          strokeWidth={1.75}
          className={cn(
            "size-4 text-muted",
            canSelect && "group-focus-within:invisible group-hover:invisible pointer-coarse:invisible",
            isSelected && "invisible",
          )}
        />
        {canSelect && (
          <Checkbox
            checked={isSelected}
            aria-label={`Select “${item.title}”`}
            className={cn(
              "absolute",
              !isSelected &&
                "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100",
            )}
            onClick={(event) => onSelect(event.shiftKey)}
            onChange={() => {}}
          />
        )}
      </label>
      <a
        ref={keepFocus}
        id={rowId(item.id)}
        href={href}
        aria-current={isShown ? "true" : undefined}
        onClick={(event) => {
          if (wantsNewTab(event)) return;
          event.preventDefault();
          onOpen(event.detail === 0);
        }}
        className="block min-w-0 flex-1 py-2 pr-3 outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-focus"
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
              <span className="font-medium text-soft">{kind}</span>
              <span aria-hidden>·</span>
              <ConfidenceMark confidence={item.confidence} hasEvidence={item.hasEvidence} />
              <span aria-hidden>·</span>
              <span className="truncate">{item.chatTitle ?? "a note in the chat"}</span>
              {item.similarCount > 0 && item.status === "pending" && (
                <span className="shrink-0">· {item.similarCount} alike</span>
              )}
              <Marks proposal={item} />
              {item.isEdited && <span className="shrink-0">· edited</span>}
            </>
          )}
        </span>
      </a>
    </li>
  );
}

/** A row that leaves while it has the focus (someone else decided it, say) hands the focus on instead of dropping it. */
const keepFocus = (row: HTMLAnchorElement) => () => {
  if (document.activeElement === row) focusHeading();
};

const wantsNewTab = (event: MouseEvent) => event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
