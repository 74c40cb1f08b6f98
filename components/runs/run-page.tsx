"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";

import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age, TimeWindow } from "#components/ui/time.tsx";

import { RunAccuracy } from "./accuracy.tsx";
import { BatchTable, useRetry } from "./batch-table.tsx";
import { CallsTable } from "./calls-table.tsx";
import { Costs } from "./costs.tsx";
import { inDollars } from "./money.ts";
import { proposalsInWords, type RunDetail, whyNotRetried } from "./run.ts";
import { RunActions } from "./run-actions.tsx";
import { RunProgress } from "./run-progress.tsx";
import { RUN_WORDS, TRIGGER_WORDS } from "./words.ts";

/** One run: what it read, how far it is, what came of it and what it took. */
export function RunPage({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data: run, error, refetch } = useQuery(trpc.runs.byId.queryOptions({ spaceId: space.id, runId }));
  if (!run) {
    return error ? (
      <div className="p-6">
        <NotRead title="This run could not be shown" error={error} onRetry={() => void refetch()} />
      </div>
    ) : (
      <SkeletonRows rows={5} className="p-6" />
    );
  }
  return <LoadedRun run={run} />;
}

function LoadedRun({ run }: { run: RunDetail }) {
  const path = useSpacePath();
  const [showsCalls, setShowsCalls] = useState(false);
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
        <Origin run={run} />
      </PageHeader>
      <div className="flex max-w-4xl flex-col gap-8 px-4 py-4 md:px-6">
        <State run={run} />
        {run.proposals.total > 0 && <Proposals run={run} />}
        {run.accuracy && (
          <Section title="How it did">
            <RunAccuracy run={run} />
          </Section>
        )}
        {run.batches.length > 0 && (
          <Section title="Batches">
            <BatchTable run={run} />
          </Section>
        )}
        {run.calls.count > 0 && (
          <Section title="What it took">
            <Costs calls={run.calls} />
            <details className="mt-3" onToggle={(event) => setShowsCalls(event.currentTarget.open)}>
              <summary className="min-h-6 cursor-pointer text-sm font-medium text-muted hover:text-ink">
                Every call
              </summary>
              <div className="pt-2">{showsCalls && <CallsTable runId={run.id} />}</div>
            </details>
          </Section>
        )}
      </div>
    </div>
  );
}

/** Who made it, what it reads, and by whom. */
function Origin({ run }: { run: RunDetail }) {
  const path = useSpacePath();
  const trigger = TRIGGER_WORDS[run.trigger];
  return (
    <>
      {trigger ? `${trigger}, ` : ""}
      {trigger ? "" : "Created "}by {run.createdBy}, <Age at={run.createdAt} inWords />
      {run.provider && <> · read by {run.provider === "rules" ? "the rules engine, no model" : run.model}</>}
      {run.promptKey && run.provider !== "rules" && <> · prompt {run.promptKey}</>}
      {run.chatTitles.length > 0 && <> · {run.chatTitles.join(", ")} only</>}
      {run.readsAgain && <> · also what was read before</>}
      {run.budgetCents !== null && run.budgetCents > 0 && <> · at most {inDollars(run.budgetCents / 100)}</>}
      {run.clonedFromId && (
        <>
          {" "}
          ·{" "}
          <Link
            href={path(`runs/compare?a=${run.clonedFromId}&b=${run.id}`)}
            className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2"
          >
            compare with the run before
          </Link>
        </>
      )}
    </>
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
      return (
        <div className="flex flex-col gap-2">
          <RunProgress run={run} timeLeftMs={run.timeLeftMs} className="max-w-xl" />
          <LeftOut run={run} />
        </div>
      );
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
        <div className="flex flex-col gap-2">
          <p className="text-soft">
            {run.batchesTotal === 0
              ? "There was nothing to read"
              : `${counted(messagesRead(run), "message")} read in ${counted(run.batchesDone, "batch", "batches")}`}
            {run.batchesTotal > 0 && run.proposals.total === 0 && "; nothing in them was worth proposing"}.
          </p>
          <LeftOut run={run} />
          {run.batchesFailed > 0 && <FailedBatches run={run} />}
        </div>
      );
  }
}

/** Without those of batches that could not be read. */
const messagesRead = ({ batches }: RunDetail) =>
  batches.reduce((sum, batch) => sum + (batch.status === "done" ? batch.messageCount : 0), 0);

function LeftOut({ run }: { run: RunDetail }) {
  const path = useSpacePath();
  if (run.messagesSkipped === 0) return null;
  return (
    <p className="text-soft">
      <Link
        href={path(`runs/${run.id}/skipped`)}
        className="inline-flex min-h-6 items-center text-accent-ink underline underline-offset-2"
      >
        {counted(run.messagesSkipped, "message was", "messages were")} left out
      </Link>{" "}
      unread: which, and why.
    </p>
  );
}

function FailedBatches({ run }: { run: RunDetail }) {
  const readOnly = useReadOnlyReason();
  const { space } = useSpace();
  const retry = useRetry();
  return (
    <Alert
      tone="warning"
      title={`${counted(run.batchesFailed, "batch", "batches")} could not be read`}
      action={
        readOnly === undefined && (
          <Button
            size="sm"
            isBusy={retry.isPending}
            blockedBecause={whyNotRetried(run)}
            onClick={() => retry.mutate({ spaceId: space.id, runId: run.id })}
          >
            Try again
          </Button>
        )
      }
    >
      The run was completed with the others. Each of them says below what went wrong.
    </Alert>
  );
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
