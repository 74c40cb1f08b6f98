"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { basisOf, MEASURE_WORDS, type Measure, nameOfKey, type Point, type Split, SPLIT_WORDS } from "./figures.ts";
import { Plot, type Series } from "./plot.tsx";
import type { FiguresView } from "./use-figures.ts";

const MEASURES = Object.keys(MEASURE_WORDS) as Measure[];

/** How the figures went, week by week or run by run: three of them together, or one of them told apart. */
export function OverTime({ view }: { view: FiguresView }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { by, split, measure } = view;
  const { data, error, refetch } = useQuery(
    trpc.learning.overTime.queryOptions({ spaceId: space.id, ...view.span, by, split }),
  );
  const label =
    split === "none" ? "All figures" : `${MEASURE_WORDS[measure].label}, ${SPLIT_WORDS[split].toLowerCase()}`;
  const series = data ? seriesOf(data.points, { split, measure }) : [];
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-2">
        <Select
          label="One point for each"
          fieldSize="sm"
          className="w-36"
          value={by}
          onChange={(next) => view.change({ by: next })}
          options={[
            { value: "week", label: "A point a week" },
            { value: "run", label: "A point a run" },
          ]}
        />
        <Select
          label="Told apart"
          fieldSize="sm"
          className="w-36"
          value={split}
          onChange={(next) => view.change({ split: next })}
          options={(Object.keys(SPLIT_WORDS) as Split[]).map((value) => ({ value, label: SPLIT_WORDS[value] }))}
        />
        {split !== "none" && (
          <Select
            label="Figure"
            fieldSize="sm"
            className="w-36"
            value={measure}
            onChange={(next) => view.change({ measure: next })}
            options={MEASURES.filter((each) => split !== "band" || each !== "recall").map((value) => ({
              value,
              label: MEASURE_WORDS[value].label,
            }))}
          />
        )}
      </div>
      {error && <NotRead title="The figures could not be loaded" error={error} onRetry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data?.points.length === 0 && <p className="text-muted">Nothing was decided in this time.</p>}
      {series.length > 0 && (
        <Plot series={series} label={label} timeName={by === "week" ? "Week from" : "Messages up to"} />
      )}
    </div>
  );
}

function seriesOf(points: Point[], { split, measure }: { split: Split; measure: Measure }): Series[] {
  const line = (name: string, of: Point[], what: Measure): Series => ({
    name,
    points: of.map((point) => ({ at: point.at, share: point[what], basis: basisOf(point, what) })),
  });
  if (points.length === 0) return [];
  if (split === "none") return MEASURES.map((each) => line(MEASURE_WORDS[each].label, points, each));
  const groups = Object.entries(Object.groupBy(points, ({ key }) => key)).map(([key, group = []]) => ({ key, group }));
  const decided = (group: Point[]) => group.reduce((sum, point) => sum + point.decided, 0);
  return groups
    .toSorted((a, b) => decided(b.group) - decided(a.group))
    .map(({ key, group }) => line(nameOfKey(split, key), group, measure));
}
