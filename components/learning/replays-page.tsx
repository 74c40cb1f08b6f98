"use client";

import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import Link from "next/link";

import { RunsTabs } from "#components/runs/runs-tabs.tsx";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age, TimeWindow } from "#components/ui/time.tsx";

import { readerInWords, type Replay, REPLAY_WORDS } from "./replay-words.ts";

/** Past runs that were read again, newest first. */
export function ReplaysPage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(trpc.replays.list.queryOptions({ spaceId: space.id }));
  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <PageHeader title="Replays">
        Past runs that were read again by another model or with other words, held against what was decided.
      </PageHeader>
      <RunsTabs here="runs/replays" />
      {error && (
        <div className="px-4 py-3 md:px-6">
          <NotRead title="The replays could not be loaded" error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {!data && !error && <SkeletonRows rows={4} className="p-6" />}
      {data?.items.length === 0 && (
        <EmptyState icon={History} title="No replay yet">
          Open a run whose proposals were decided and press Replay: it is read again, nothing is proposed, and you see
          what another model or other words would have found.
        </EmptyState>
      )}
      <ul>
        {data?.items.map((replay) => (
          <ReplayRow key={replay.id} replay={replay} />
        ))}
      </ul>
    </div>
  );
}

function ReplayRow({ replay }: { replay: Replay }) {
  const path = useSpacePath();
  const words = REPLAY_WORDS[replay.status];
  return (
    <li className="border-b hover:bg-hover">
      <Link href={path(`runs/replays/${replay.id}`)} className="block px-4 py-2.5 -outline-offset-2 md:px-6">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{readerInWords(replay)}</span>
          <Badge tone={words.tone}>{words.label}</Badge>
          <Age at={replay.createdAt} className="ml-auto shrink-0 text-xs text-muted" />
        </span>
        <span className="block text-sm text-soft">
          Run of <TimeWindow from={replay.windowStart} to={replay.windowEnd} />, started by {replay.createdBy}
          {replay.failure && <span className="text-danger"> · {replay.failure}</span>}
        </span>
        {replay.status === "running" && <ReplayProgress replay={replay} />}
      </Link>
    </li>
  );
}

/** How many of its batches are read. */
export function ReplayProgress({ replay }: { replay: Replay }) {
  const done = replay.batchesRead + replay.batchesFailed;
  const label = `${done} of ${replay.batches} batches read`;
  return (
    <span className="mt-1.5 flex max-w-md items-center gap-3">
      <Progress value={done} max={replay.batches} label={label} />
      <span aria-hidden className="shrink-0 text-sm text-muted tabular-nums">
        {done} of {replay.batches}
      </span>
    </span>
  );
}
