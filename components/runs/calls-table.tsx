"use client";

import { useInfiniteQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import { inDollars } from "./money.ts";
import { OUTCOME_WORDS } from "./words.ts";

/** Every call to a model that a run made: with which prompt, what it took, and how it ended. */
export function CallsTable({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const query = useInfiniteQuery(
    trpc.runs.calls.infiniteQueryOptions({ spaceId: space.id, runId }, { getNextPageParam: (page) => page.nextCursor }),
  );
  const calls = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows rows={3} />;
  return (
    <>
      {query.error && (
        <NotRead title="The calls could not be loaded" error={query.error} onRetry={() => void query.refetch()} />
      )}
      <Table aria-label="Model calls">
        <thead>
          <tr>
            <TableHead>Batch</TableHead>
            <TableHead>Model</TableHead>
            <TableHead>Prompt</TableHead>
            <TableHead>Outcome</TableHead>
            <TableHead className="text-right">Tokens in</TableHead>
            <TableHead className="text-right">cached</TableHead>
            <TableHead className="text-right">out</TableHead>
            <TableHead className="text-right">Cost</TableHead>
            <TableHead className="text-right">Took</TableHead>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.id}>
              <TableCell className="whitespace-nowrap tabular-nums">
                {call.batch ?? "–"}
                {call.attempt > 1 && <span className="text-sm text-muted"> try {call.attempt}</span>}
              </TableCell>
              <TableCell className="min-w-32 break-words">{call.model}</TableCell>
              <TableCell className="tabular-nums">{call.promptKey}</TableCell>
              <TableCell className={call.outcome === "ok" ? undefined : "text-danger"}>
                {OUTCOME_WORDS[call.outcome] ?? call.outcome}
              </TableCell>
              {[call.inputTokens, call.cachedTokens, call.outputTokens].map((tokens, column) => (
                <TableCell key={column} className="text-right tabular-nums">
                  {tokens?.toLocaleString("en-GB") ?? "–"}
                </TableCell>
              ))}
              <TableCell className="text-right whitespace-nowrap tabular-nums">
                {inDollars(call.costUsd, "–")}
              </TableCell>
              <TableCell className="text-right whitespace-nowrap tabular-nums">
                {formatDuration(call.latencyMs)}
              </TableCell>
            </tr>
          ))}
        </tbody>
      </Table>
      {query.hasNextPage && (
        <Button size="sm" className="mt-2" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}
