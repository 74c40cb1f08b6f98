"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";

import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";
import { formatDuration } from "#components/ui/time-format.ts";
import { toast } from "#components/ui/toast.tsx";

import { type RunDetail, whyNotRetried } from "./run.ts";
import { BATCH_WORDS } from "./words.ts";

/** So many stand there at once; a long run has hundreds. */
const SHOWN_AT_FIRST = 30;

/** Each part of a run that was read in one go. What failed says why, and can be read again alone. */
export function BatchTable({ run }: { run: RunDetail }) {
  const [showsAll, setShowsAll] = useState(false);
  // What went wrong is what people look for.
  const failed = run.batches.filter(({ status }) => status === "failed");
  const others = run.batches.filter(({ status }) => status !== "failed");
  const sorted = run.batches.length > SHOWN_AT_FIRST ? [...failed, ...others] : run.batches;
  const shown = showsAll ? sorted : sorted.slice(0, SHOWN_AT_FIRST);
  return (
    <>
      <Table aria-label="Batches">
        <thead>
          <tr>
            <TableHead>#</TableHead>
            <TableHead>Chat</TableHead>
            <TableHead className="text-right">Messages</TableHead>
            <TableHead>State</TableHead>
            <TableHead className="text-right">Dropped</TableHead>
            <TableHead className="text-right">Took</TableHead>
          </tr>
        </thead>
        <tbody>
          {shown.map((batch) => (
            <BatchRow key={batch.id} run={run} batch={batch} />
          ))}
        </tbody>
      </Table>
      {shown.length < sorted.length && (
        <Button size="sm" className="mt-2" onClick={() => setShowsAll(true)}>
          Show all {sorted.length}
        </Button>
      )}
    </>
  );
}

function BatchRow({ run, batch }: { run: RunDetail; batch: RunDetail["batches"][number] }) {
  return (
    <tr>
      <TableCell className="text-muted tabular-nums">{batch.position + 1}</TableCell>
      <TableCell className="min-w-40">
        {batch.chatTitle}
        {batch.contextCount > 0 && (
          <span className="block text-sm text-muted">
            {batch.contextCount} from before read along, for what they are answered with
          </span>
        )}
        {batch.failure && (
          <span className={batch.status === "failed" ? "block text-sm text-danger" : "block text-sm text-muted"}>
            {batch.failure}
          </span>
        )}
        {batch.status === "failed" && <TryAgain run={run} batchId={batch.id} />}
      </TableCell>
      <TableCell className="text-right tabular-nums">{batch.messageCount}</TableCell>
      <TableCell>
        <Badge tone={BATCH_WORDS[batch.status].tone}>{BATCH_WORDS[batch.status].label}</Badge>
        {batch.attempts > 1 && (
          <span className="ml-2 text-sm whitespace-nowrap text-muted">{batch.attempts} attempts</span>
        )}
      </TableCell>
      <TableCell className="text-right tabular-nums">{batch.dropped}</TableCell>
      <TableCell className="text-right whitespace-nowrap tabular-nums">
        {batch.startedAt && batch.finishedAt
          ? formatDuration(batch.finishedAt.getTime() - batch.startedAt.getTime())
          : "–"}
      </TableCell>
    </tr>
  );
}

function TryAgain({ run, batchId }: { run: RunDetail; batchId: string }) {
  const readOnly = useReadOnlyReason();
  const retry = useRetry();
  const { space } = useSpace();
  if (readOnly) return null;
  return (
    <Button
      size="sm"
      className="my-1"
      isBusy={retry.isPending}
      blockedBecause={whyNotRetried(run)}
      onClick={() => retry.mutate({ spaceId: space.id, runId: run.id, batchIds: [batchId] })}
    >
      <RotateCcw aria-hidden />
      Try again
    </Button>
  );
}

/** Reads failed batches again. */
export function useRetry() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.runs.retryBatches.mutationOptions({
      onError: (error: unknown) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.runs.pathFilter()),
    }),
  );
}
