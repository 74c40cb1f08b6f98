"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ArrowLeft, Filter } from "lucide-react";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";

import { counted } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Moment } from "#components/ui/time.tsx";
import { SkipReason } from "#server/analysis/schema.ts";

import { SKIP_WORDS } from "./words.ts";

/** What a run left out before the model, and why; each leads to its message. */
export function SkippedPage({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const [reason, setReason] = useQueryState("reason", parseAsStringLiteral(SkipReason.options));
  const query = useInfiniteQuery(
    trpc.runs.skipped.infiniteQueryOptions(
      { spaceId: space.id, runId, ...(reason && { reason }) },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: keepPreviousData },
    ),
  );
  const counts = query.data?.pages[0]?.counts ?? {};
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const known = SkipReason.options.filter((each) => counts[each]);

  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <PageHeader
        before={
          <Link
            href={path(`runs/${runId}`)}
            className="mb-1 inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-3.5" />
            The run
          </Link>
        }
        title="Left out"
        action={
          known.length > 1 && (
            <Select
              label="Why"
              fieldSize="sm"
              className="w-full sm:w-56"
              value={reason ?? "all"}
              onChange={(next) => void setReason(next === "all" ? null : next)}
              options={[
                { value: "all", label: "For any reason", note: String(total) },
                ...known.map((each) => ({ value: each, label: SKIP_WORDS[each].label, note: String(counts[each]) })),
              ]}
            />
          )
        }
      >
        {query.data
          ? `${counted(total, "message")} that the run left unread. ${reason ? SKIP_WORDS[reason].about : ""}`
          : "What the run left unread."}
      </PageHeader>
      {query.isPending && <SkeletonRows rows={6} className="p-6" />}
      {query.error && (
        <div className="px-4 py-3 md:px-6">
          <NotRead title="The messages could not be loaded" error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.data && items.length === 0 && (
        <EmptyState icon={Filter} title="Nothing was left out">
          {reason ? "No message was left out for this reason." : "The run read every message of its window."}
        </EmptyState>
      )}
      <ul className={query.isPlaceholderData ? "opacity-60" : undefined}>
        {items.map((item) => (
          <li key={item.messageId} className="border-b hover:bg-hover">
            <Link
              href={path(`messages?message=${item.messageId}`)}
              className="block px-4 py-2.5 -outline-offset-2 md:px-6"
            >
              <span className="flex flex-wrap items-center gap-x-2 text-sm text-muted">
                <span className="font-medium text-soft">{item.authorName}</span>
                <span className="min-w-0 truncate">{item.chatTitle}</span>
                <Moment at={item.sentAt} />
                {item.reason && (
                  <Badge tone="outline" className="ml-auto">
                    {SKIP_WORDS[item.reason].label}
                  </Badge>
                )}
              </span>
              <span className="block break-words whitespace-pre-line">
                {item.text || <span className="text-muted">No words ({item.kind})</span>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="px-4 py-3 md:px-6">
          <Button size="sm" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}
