"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, GitCompare } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";

import { counted } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Table, TableCell, TableHead } from "#components/ui/table.tsx";
import { TimeWindow } from "#components/ui/time.tsx";
import { useTimeZone } from "#components/ui/clock.tsx";
import { formatDuration, formatMoment } from "#components/ui/time-format.ts";

import { compareParams } from "./compare-params.ts";
import { ComparedList, ComparedPairs } from "./compared-proposals.tsx";
import { inDollars } from "./money.ts";

type Compared = Outputs["runs"]["compare"];
type Side = Compared["a"];

/** Two runs beside each other: what both found, what only one did, and what each took. */
export function ComparePage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const [{ a, b }, choose] = useQueryStates(compareParams);
  const query = useQuery(
    trpc.runs.compare.queryOptions({ spaceId: space.id, a: a ?? "", b: b ?? "" }, { enabled: Boolean(a && b) }),
  );
  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <PageHeader
        before={
          <Link
            href={path(a ? `runs/${a}` : "runs")}
            className="mb-1 inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-3.5" />
            {a ? "The run" : "Runs"}
          </Link>
        }
        title="Two runs compared"
      >
        {query.data && <TimeWindow from={query.data.a.windowStart} to={query.data.a.windowEnd} />}
        {query.data?.isSameWindow === false && " against another window: what differs may lie in the messages alone."}
      </PageHeader>
      <div className="flex max-w-4xl flex-col gap-8 px-4 py-4 md:px-6">
        <div className="grid gap-3 sm:grid-cols-2">
          <RunChoice label="First run" value={a} other={b} onChange={(runId) => void choose({ a: runId })} />
          <RunChoice label="Second run" value={b} other={a} onChange={(runId) => void choose({ b: runId })} />
        </div>
        {a && b && query.isPending && <SkeletonRows rows={5} />}
        {query.error && (
          <NotRead title="The runs could not be compared" error={query.error} onRetry={() => void query.refetch()} />
        )}
        {!(a && b) && (
          <EmptyState icon={GitCompare} title="Choose two runs">
            Best of one window, read by two models or with two prompts: “Read again” on a run makes the second one.
          </EmptyState>
        )}
        {query.data && <Result compared={query.data} />}
      </div>
    </div>
  );
}

function RunChoice({
  label,
  value,
  other,
  onChange,
}: {
  label: string;
  value: string | null;
  other: string | null;
  onChange: (runId: string) => void;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const timeZone = useTimeZone();
  const { data } = useQuery(trpc.runs.list.queryOptions({ spaceId: space.id, limit: 100 }));
  const runs = (data?.items ?? []).filter((run) => run.startedAt && run.id !== other);
  const known = runs.some((run) => run.id === value);
  return (
    <Select
      label={label}
      value={known && value ? value : "none"}
      onChange={(next) => next !== "none" && onChange(next)}
      options={[
        ...(known ? [] : [{ value: "none", label: `${label}…` }]),
        ...runs.map((run) => ({
          value: run.id,
          label: `${formatMoment(run.createdAt, timeZone)}, ${run.model ?? "rules"}`,
          note: counted(run.proposals.total, "proposal"),
        })),
      ]}
    />
  );
}

function Result({ compared }: { compared: Compared }) {
  const { a, b, both, onlyA, onlyB } = compared;
  return (
    <>
      <Table aria-label="What each run took and found">
        <thead>
          <tr>
            <TableHead>
              <span className="sr-only">What</span>
            </TableHead>
            <TableHead>First</TableHead>
            <TableHead>Second</TableHead>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(({ name, of }) => (
            <tr key={name}>
              <th scope="row" className="border-b px-2 py-2 text-left align-top text-sm font-medium text-muted">
                {name}
              </th>
              <TableCell className="tabular-nums">{of(a)}</TableCell>
              <TableCell className="tabular-nums">{of(b)}</TableCell>
            </tr>
          ))}
        </tbody>
      </Table>
      <ComparedPairs pairs={both} />
      <ComparedList title="Only the first found" proposals={onlyA} />
      <ComparedList title="Only the second found" proposals={onlyB} />
    </>
  );
}

const ROWS: ReadonlyArray<{ name: string; of: (side: Side) => string }> = [
  { name: "Read by", of: ({ provider, model }) => (provider === null ? "–" : (model ?? "the rules engine")) },
  { name: "Prompt", of: ({ promptKey }) => promptKey ?? "–" },
  {
    name: "Messages",
    of: ({ messages, batches, failed }) =>
      `${messages.toLocaleString("en-GB")} in ${counted(batches, "batch", "batches")}${failed > 0 ? `, ${failed} failed` : ""}`,
  },
  { name: "Time", of: ({ tookMs }) => (tookMs === null ? "not through" : formatDuration(tookMs)) },
  {
    name: "Cost",
    of: ({ calls }) =>
      calls.count === 0 ? "nothing" : `${inDollars(calls.costUsd)} for ${counted(calls.count, "call")}`,
  },
  { name: "Proposals", of: ({ proposals }) => proposals.total.toLocaleString("en-GB") },
  {
    name: "Decided",
    of: ({ proposals: { approved, merged, rejected, pending } }) =>
      `${approved} approved, ${merged} merged, ${rejected} rejected, ${pending} waiting`,
  },
];
