"use client";

import { useQuery } from "@tanstack/react-query";
import { Lock, LockOpen } from "lucide-react";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import type { KbQueue } from "./kb.ts";
import { Section } from "./section.tsx";
import { kindInWords } from "./words.ts";

const BUSY_INTERVAL_MS = 1_000;
const IDLE_INTERVAL_MS = 5_000;

/** Who writes right now, and who waits for it, in order. One at a time: that is what keeps the history in one line. */
export function Queue() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, dataUpdatedAt } = useQuery(
    trpc.kb.queue.queryOptions(
      { spaceId: space.id },
      {
        refetchInterval: ({ state }) =>
          state.data?.holder || state.data?.waiting.length ? BUSY_INTERVAL_MS : IDLE_INTERVAL_MS,
      },
    ),
  );
  return (
    <Section title="Queue">
      {error && !data && (
        <Alert tone="danger" title="The queue could not be loaded">
          {messageOf(error)}
        </Alert>
      )}
      {!data && !error && <SkeletonRows rows={1} />}
      {data && <Loaded queue={data} nowMs={dataUpdatedAt} />}
    </Section>
  );
}

function Loaded({ queue: { holder, waiting, myPlace }, nowMs }: { queue: KbQueue; nowMs: number }) {
  if (!holder && waiting.length === 0) {
    return (
      <p className="flex items-center gap-2 text-muted">
        <LockOpen aria-hidden className="size-4 shrink-0" />
        Nobody writes and nobody waits.
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <p role="status" className="sr-only">
        {myPlace ? `You are number ${myPlace} in the queue.` : ""}
      </p>
      {myPlace !== null && <p className="font-medium">You are number {myPlace}.</p>}
      <div className="flex items-start gap-2.5 rounded-md bg-sunken px-3 py-2.5">
        <Lock aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-ink" />
        {holder ? (
          <div className="min-w-0">
            <p>
              <span className="text-muted">Writing now: </span>
              <Subject entry={holder} />
            </p>
            <p className="text-sm text-muted tabular-nums">
              {kindInWords(holder.kind)}, for {holder.isMine ? "you" : holder.for}
              {holder.startedAt && <>, since {formatDuration(Math.max(0, nowMs - holder.startedAt.getTime()))}</>}
              {holder.workedBy && <>, by the process {holder.workedBy}</>}
            </p>
          </div>
        ) : (
          <p className="text-soft">Nobody writes at this moment; the next one begins.</p>
        )}
      </div>
      {waiting.length > 0 && (
        <ol aria-label="Waiting, in order" className="flex flex-col">
          {waiting.map((entry) => (
            <li key={entry.id} className="flex items-baseline gap-2.5 border-b px-3 py-1.5">
              <span className="w-4 shrink-0 text-right text-sm text-muted tabular-nums">{entry.place}</span>
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2">
                  <Subject entry={entry} />
                  {entry.isMine && <Badge tone="accent">yours</Badge>}
                </p>
                <p className="text-sm text-muted tabular-nums">
                  {kindInWords(entry.kind)}, for {entry.isMine ? "you" : entry.for}, waiting{" "}
                  {formatDuration(Math.max(0, nowMs - entry.queuedAt.getTime()))}
                </p>
                {entry.isInterrupted && (
                  <p className="text-sm text-warning">
                    Cut off with its process{entry.workedBy && ` ${entry.workedBy}`}. It is tried again by itself.
                  </p>
                )}
              </div>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Subject({ entry }: { entry: { subject: string; proposalId: string | null } }) {
  const path = useSpacePath();
  if (!entry.proposalId) return entry.subject;
  return (
    <Link href={path(`review?proposal=${entry.proposalId}`)} className="hover:underline">
      {entry.subject}
    </Link>
  );
}
