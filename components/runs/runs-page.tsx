"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus, ScanText } from "lucide-react";
import Link from "next/link";
import { parseAsBoolean, parseAsIsoDateTime, useQueryStates } from "nuqs";

import { counted } from "#components/review/words.ts";
import { Spending } from "#components/settings/spending.tsx";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age, TimeWindow } from "#components/ui/time.tsx";

import { ByItself } from "./by-itself.tsx";
import { inDollars } from "./money.ts";
import { NewRunDialog } from "./new-run.tsx";
import { proposalsInWords, type Run } from "./run.ts";
import { RunProgress } from "./run-progress.tsx";
import { RunsTabs } from "./runs-tabs.tsx";
import { RUN_WORDS, TRIGGER_WORDS } from "./words.ts";

/** Every reading of the messages, newest first. */
export function RunsPage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const [asked, ask] = useQueryStates({ new: parseAsBoolean, from: parseAsIsoDateTime, to: parseAsIsoDateTime });
  const { data, error, refetch } = useQuery(trpc.runs.list.queryOptions({ spaceId: space.id }));
  const open = data?.items.find((run) => RUN_WORDS[run.status].isOpen);
  const blockedBecause =
    readOnly ??
    (open &&
      `A run is open (${RUN_WORDS[open.status].label.toLowerCase()}). Only one can be: close or cancel it first.`);
  const newRun = (
    <Button variant="primary" blockedBecause={blockedBecause} onClick={() => void ask({ new: true })}>
      <Plus aria-hidden />
      New run
    </Button>
  );

  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <PageHeader title="Runs" action={data && data.items.length > 0 && newRun}>
        A run reads the messages of a window and proposes what is worth keeping.
      </PageHeader>
      <RunsTabs here="runs" />
      {error && (
        <div className="px-4 py-3 md:px-6">
          <NotRead title="The runs could not be loaded" error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {data && <ByItself byItself={data.byItself} />}
      {!data && !error && <SkeletonRows rows={4} className="p-6" />}
      {data?.items.length === 0 && (
        <EmptyState icon={ScanText} title="No run yet" action={newRun}>
          Start one when there are messages: it takes seconds, and nothing is kept before you approve it.
        </EmptyState>
      )}
      <ul>
        {data?.items.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
      {data && data.items.length > 0 && (
        <details className="px-4 py-3 md:px-6">
          <summary className="min-h-6 cursor-pointer text-sm font-medium text-muted hover:text-ink">
            What models cost this month
          </summary>
          <div className="max-w-4xl pt-3">
            <Spending />
          </div>
        </details>
      )}
      {asked.new && !readOnly && data && (
        <NewRunDialog
          given={asked.from && asked.to ? { windowStart: asked.from, windowEnd: asked.to } : null}
          lastRunEndedAt={data.byItself.lastRunEndedAt}
          onClose={() => void ask(null)}
        />
      )}
    </div>
  );
}

function RunRow({ run }: { run: Run }) {
  const path = useSpacePath();
  const words = RUN_WORDS[run.status];
  return (
    <li className="border-b hover:bg-hover">
      <Link href={path(`runs/${run.id}`)} className="block px-4 py-2.5 -outline-offset-2 md:px-6">
        <span className="flex items-center gap-2">
          <TimeWindow from={run.windowStart} to={run.windowEnd} className="truncate font-medium" />
          <Badge tone={words.tone}>{words.label}</Badge>
          {TRIGGER_WORDS[run.trigger] && (
            <Badge tone="outline" className="max-sm:hidden">
              {TRIGGER_WORDS[run.trigger]}
            </Badge>
          )}
          <Age at={run.createdAt} className="ml-auto shrink-0 text-xs text-muted" />
        </span>
        <span className="block text-sm text-soft">
          {run.status === "pending"
            ? "Nothing read yet"
            : `${counted(run.messagesTotal, "message")}, ${proposalsInWords(run)}`}
          {run.costUsd !== null && ` · ${inDollars(run.costUsd)}`}
          {run.batchesFailed > 0 && run.status !== "failed" && (
            <span className="text-danger"> · {counted(run.batchesFailed, "batch", "batches")} failed</span>
          )}
          {run.failure && <span className="text-danger"> · {run.failure}</span>}
        </span>
        {run.status === "running" && <RunProgress run={run} className="mt-1.5 max-w-md" />}
      </Link>
    </li>
  );
}
