"use client";

import { useQuery } from "@tanstack/react-query";

import { Section } from "#components/kb/section.tsx";
import { counted } from "#components/review/words.ts";
import { RunsTabs } from "#components/runs/runs-tabs.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { Breakdown, RejectReasons } from "./breakdown.tsx";
import { Calibration } from "./calibration.tsx";
import { Examples } from "./examples.tsx";
import { basisOf, MEASURE_WORDS, type Measure, percent, type Summary } from "./figures.ts";
import { OverTime } from "./over-time.tsx";
import { SPANS, useFigures } from "./use-figures.ts";

/** How well the runs read, by what people decided: figures, how they went, and what is learned from them. */
export function AccuracyPage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const view = useFigures();
  const { data, error, refetch } = useQuery(trpc.learning.summary.queryOptions({ spaceId: space.id, ...view.span }));
  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <PageHeader
        title="How well it reads"
        action={
          <Select
            label="Time"
            className="w-44"
            value={view.time}
            onChange={(time) => view.change({ time })}
            options={(Object.keys(SPANS) as Array<keyof typeof SPANS>).map((value) => ({
              value,
              label: SPANS[value].label,
            }))}
          />
        }
      >
        Counted from what people decided on proposals, and what they had to ask for.
      </PageHeader>
      <RunsTabs here="runs/accuracy" />
      <div className="flex max-w-4xl flex-col gap-8 px-4 py-4 md:px-6">
        {error && <NotRead title="The figures could not be loaded" error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows rows={3} />}
        {data && <Headline summary={data} />}
        <Section title="Over time">
          <OverTime view={view} />
        </Section>
        <Section title="Does the evidence mean what it says? All decisions so far">
          <Calibration />
        </Section>
        {data && (
          <>
            <Section title="Why proposals were rejected">
              <RejectReasons codes={data.rejectCodes} />
            </Section>
            <Section title="Told apart">
              <div className="flex flex-col gap-6">
                <Breakdown split="kind" label="By kind" rows={data.byKind} />
                <Breakdown split="band" label="By evidence" rows={data.byBand} />
                <Breakdown split="model" label="By model" rows={data.byModel} />
                <Breakdown split="prompt" label="By prompt" rows={data.byPrompt} />
                {data.byKind.length === 0 && <p className="text-muted">Nothing was decided in this time.</p>}
              </div>
            </Section>
          </>
        )}
        <Section title="What reviewers taught">
          <Examples />
        </Section>
      </div>
    </div>
  );
}

function Headline({ summary: { all, unlooked } }: { summary: Summary }) {
  return (
    <div>
      <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-3">
        {(Object.keys(MEASURE_WORDS) as Measure[]).map((measure) => (
          <div key={measure}>
            <dt className="text-sm text-muted">{MEASURE_WORDS[measure].label}</dt>
            <dd>
              <span className="text-xl font-semibold tabular-nums">{percent(all[measure])}</span>{" "}
              <span className="text-sm text-soft tabular-nums">{basisOf(all, measure)}</span>
              <span className="block text-sm text-pretty text-muted">{MEASURE_WORDS[measure].what}.</span>
            </dd>
          </div>
        ))}
      </dl>
      {unlooked > 0 && (
        <p className="mt-3 text-sm text-muted">
          {counted(unlooked, "approval")} by a rule {unlooked === 1 ? "is" : "are"} not in these figures: nobody has
          looked at {unlooked === 1 ? "it" : "them"} since.
        </p>
      )}
    </div>
  );
}
