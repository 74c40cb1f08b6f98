"use client";

import { useSpacePath } from "#components/shell/space.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { BulkBar } from "./bulk-bar.tsx";
import { QueueFilters } from "./queue-filters.tsx";
import { QueueRow } from "./queue-row.tsx";
import type { Reason } from "./reject-bar.tsx";
import type { Busy } from "./use-decisions.ts";
import type { Queue } from "./use-queue.ts";
import type { Selection } from "./use-selection.ts";

/** The proposals under the chosen filters, in dense rows. */
export function QueueList({
  queue,
  selection,
  busy,
  canSelect,
  isRejecting,
  onOpen,
  onApproveSelected,
  onRejectSelected,
  onAskReason,
  className,
}: {
  queue: Queue;
  selection: Selection;
  busy: Busy | null;
  canSelect: boolean;
  /** Whether the reason for rejecting the selection is being asked for. */
  isRejecting: boolean;
  onOpen: (id: string, byKeyboard: boolean) => void;
  onApproveSelected: () => void;
  onRejectSelected: (why?: Reason) => void;
  onAskReason: (asks: boolean) => void;
  className?: string;
}) {
  const { items, query, shownId, counts, filters } = queue;
  const path = useSpacePath();
  const isSelectable = canSelect && filters.status === "pending";
  const total = counts?.[filters.status] ?? items.length;
  return (
    <section aria-label="Queue" className={cn("flex min-h-0 min-w-0 flex-col lg:border-r", className)}>
      <QueueFilters queue={queue} />
      {query.isPending && <SkeletonRows rows={6} className="p-4" />}
      {query.isError && (
        <NotRead
          className="m-3"
          title={items.length > 0 ? "This list may be out of date" : "The queue could not be loaded"}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
      {items.length > 0 && (
        <ul
          id="queue"
          aria-label="Proposals"
          className={cn("min-h-0 flex-1 overflow-y-auto", query.isPlaceholderData && "opacity-60")}
        >
          {items.map((item) => (
            <QueueRow
              key={item.id}
              item={item}
              href={path(`review?proposal=${item.id}`)}
              isShown={item.id === shownId}
              isOpen={queue.isOpen}
              isSelected={selection.has(item.id)}
              canSelect={isSelectable}
              busyWith={busy?.ids.has(item.id) ? busy.action : null}
              onOpen={(byKeyboard) => onOpen(item.id, byKeyboard)}
              onSelect={(withRange) => (withRange ? selection.extendTo(item.id) : selection.toggle(item.id))}
            />
          ))}
          <li className="flex items-center justify-center gap-2 px-3 py-3 text-sm text-muted">
            {query.hasNextPage ? (
              <Button size="sm" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show more ({items.length} of {total})
              </Button>
            ) : (
              `That is all ${items.length === 1 ? "there is" : items.length}`
            )}
          </li>
        </ul>
      )}
      {isSelectable && selection.selected.length > 0 && (
        <BulkBar
          count={selection.selected.length}
          isBusy={busy !== null}
          isRejecting={isRejecting}
          onApprove={onApproveSelected}
          onReject={onRejectSelected}
          onAskReason={onAskReason}
          onClear={selection.clear}
        />
      )}
    </section>
  );
}
