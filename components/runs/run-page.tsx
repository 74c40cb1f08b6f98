"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age, TimeWindow } from "#components/ui/time.tsx";

import { AccuracyTables } from "./accuracy.tsx";
import { BatchTable } from "./batch-table.tsx";
import { Costs } from "./costs.tsx";
import { proposalsInWords, type RunDetail } from "./run.ts";
import { RunActions } from "./run-actions.tsx";
import { RunProgress } from "./run-progress.tsx";
import { RUN_WORDS } from "./words.ts";

/** One run: what it read, how far it is, what came of it and what it took. */
export function RunPage({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data: run, error, refetch } = useQuery(trpc.runs.byId.queryOptions({ spaceId: space.id, runId }));
  if (!run) {
    return error ? (
      <div className="p-6">
        <Alert
          tone="danger"
          title="This run could not be shown"
          action={
            <Button size="sm" onClick={() => void refetch()}>
              Try again
            </Button>
          }
        >
          {messageOf(error)}
        </Alert>
      </div>
    ) : (
      <SkeletonRows rows={5} className="p-6" />
    );
  }
  return <LoadedRun run={run} />;
}

function LoadedRun({ run }: { run: RunDetail }) {
  const path = useSpacePath();
  const words = RUN_WORDS[run.status];
  return (
    <div className="h-full overflow-y-auto">
      <PageHeader
        before={
          <Link
            href={path("runs")}
            className="mb-1 inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-3.5" />
            Runs
          </Link>
        }
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <TimeWindow from={run.windowStart} to={run.windowEnd} />
            <Badge tone={words.tone}>{words.label}</Badge>
          </span>
        }
        action={<RunActions run={run} />}
      >
        Created by {run.createdBy}, <Age at={run.createdAt} inWords />
        {run.provider && <> · read by {run.provider === "rules" ? "the rules engine, no model" : run.model}</>}
      </PageHeader>
      <div className="flex max-w-4xl flex-col gap-8 px-4 py-4 md:px-6">
        <State run={run} />
        {run.proposals.total > 0 && <Proposals run={run} />}
        {run.accuracy && (
          <Section title="How it did">
            <AccuracyTables accuracy={run.accuracy} />
          </Section>
        )}
        {run.batches.length > 0 && (
          <Section title="Batches">
            <BatchTable batches={run.batches} />
          </Section>
        )}
        {run.calls.count > 0 && (
          <Section title="What it took">
            <Costs calls={run.calls} />
          </Section>
        )}
      </div>
    </div>
  );
}

/** Where the run stands, and what to do next. */
function State({ run }: { run: RunDetail }) {
  const path = useSpacePath();
  const readOnly = useReadOnlyReason();
  switch (run.status) {
    case "pending":
      return <p className="text-soft">Nothing has been read yet. Start the run when you are ready.</p>;
    case "running":
      return <RunProgress run={run} className="max-w-xl" />;
    case "failed": {
      const again = new URLSearchParams({
        new: "true",
        from: run.windowStart.toISOString(),
        to: run.windowEnd.toISOString(),
      });
      return (
        <Alert
          tone="danger"
          title="The run failed"
          action={
            readOnly === undefined && (
              <Link href={path(`runs?${again}`)} className={buttonStyle({ size: "sm" })}>
                Read it again
              </Link>
            )
          }
        >
          <p>{run.failure ?? "The reason was not recorded."}</p>
          <p>What it had proposed before stays in Review. A new run over the same window reads everything again.</p>
        </Alert>
      );
    }
    case "cancelled":
      return (
        <p className="text-soft">
          It was cancelled after {counted(run.batchesDone, "batch", "batches")}. What it had proposed stays in Review.
        </p>
      );
    case "completed":
    case "reviewed":
    case "closed":
      return (
        <p className="text-soft">
          {counted(run.messagesTotal, "message")} read in {counted(run.batchesTotal, "batch", "batches")}
          {run.proposals.total === 0 && "; nothing in them was worth proposing"}.
        </p>
      );
  }
}

const BAR = [
  { key: "approved", label: "approved", colour: "bg-success" },
  { key: "merged", label: "merged", colour: "bg-soft" },
  { key: "rejected", label: "rejected", colour: "bg-danger" },
  { key: "pending", label: "waiting", colour: "bg-line" },
] as const;

function Proposals({ run }: { run: RunDetail }) {
  const path = useSpacePath();
  const { proposals } = run;
  const dropped = run.batches.reduce((sum, batch) => sum + batch.dropped, 0);
  return (
    <Section title="Proposals">
      <div className="flex h-2 max-w-xl gap-px overflow-hidden rounded-full" aria-hidden>
        {BAR.map(({ key, colour }) =>
          proposals[key] > 0 ? <div key={key} className={colour} style={{ flexGrow: proposals[key] }} /> : null,
        )}
      </div>
      <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <span>{proposalsInWords(run)}</span>
        <Link
          href={path(`review?run=${run.id}${proposals.pending === 0 ? "&status=approved" : ""}`)}
          className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2"
        >
          {proposals.pending > 0 ? "Review them" : "See them"}
        </Link>
      </p>
      {dropped > 0 && (
        <p className="text-sm text-muted">
          {counted(dropped, "more was", "more were")} dropped, because a quote did not stand in its message.
        </p>
      )}
    </Section>
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h2 className="mb-2 text-sm font-medium text-muted">{title}</h2>
    {children}
  </section>
);
