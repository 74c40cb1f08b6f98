"use client";

import { Table, TableCell, TableHead } from "#components/ui/table.tsx";
import { useTimeZone } from "#components/ui/clock.tsx";
import { cn } from "#components/ui/cn.ts";
import { formatDate } from "#components/ui/time-format.ts";

import { percent } from "./figures.ts";

export type Series = {
  name: string;
  /** In the order of time; a share of null has no place, and the line goes on after it. */
  points: Array<{ at: Date; share: number | null; basis: string }>;
};

/** Told apart by the form of their lines and marks too, not by colour alone. */
const LOOKS = [
  { stroke: "stroke-accent-ink", fill: "bg-accent-ink", dash: undefined, mark: "rounded-full" },
  { stroke: "stroke-success", fill: "bg-success", dash: "6 3", mark: "" },
  { stroke: "stroke-danger", fill: "bg-danger", dash: "2 3", mark: "rotate-45" },
  { stroke: "stroke-ink", fill: "bg-ink", dash: "10 3 2 3", mark: "rounded-full" },
  { stroke: "stroke-warning", fill: "bg-warning", dash: "1 2", mark: "" },
  { stroke: "stroke-muted", fill: "bg-muted", dash: undefined, mark: "rotate-45" },
] as const;
/** More lines than these cannot be told apart; the table has them all. */
const MOST_LINES = LOOKS.length;

/** Shares over time as lines, and the same as a table for whoever does not see lines, or wants the numbers. */
export function Plot({ series, label, timeName }: { series: Series[]; label: string; timeName: string }) {
  const timeZone = useTimeZone();
  const drawn = series.filter(({ points }) => known(points).length > 0).slice(0, MOST_LINES);
  const times = series.flatMap(({ points }) => points.map(({ at }) => at.getTime()));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = (at: Date) => (first === last ? 50 : 2 + ((at.getTime() - first) / (last - first)) * 96);
  const y = (share: number) => 100 - share * 100;
  const day = (at: Date) => formatDate(at, timeZone);
  return (
    <div>
      <figure>
        <div
          className="relative ml-10 h-52 border-b border-l"
          role="img"
          aria-label={`${label}. The table below has the numbers.`}
        >
          {[0, 50, 100].map((share) => (
            <span
              key={share}
              aria-hidden
              className="absolute right-full mr-1.5 -translate-y-1/2 text-xs whitespace-nowrap text-muted tabular-nums"
              style={{ top: `${100 - share}%` }}
            >
              {share} %
            </span>
          ))}
          <svg
            aria-hidden
            viewBox="0 0 100 100"
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible"
          >
            {[0, 50].map((at) => (
              <line
                key={at}
                x1={0}
                x2={100}
                y1={at}
                y2={at}
                vectorEffect="non-scaling-stroke"
                className="stroke-line"
              />
            ))}
            {drawn.map(({ name, points }, index) => (
              <polyline
                key={name}
                points={known(points)
                  .map(({ at, share }) => `${x(at)},${y(share)}`)
                  .join(" ")}
                fill="none"
                strokeWidth={2}
                strokeDasharray={LOOKS[index]?.dash}
                vectorEffect="non-scaling-stroke"
                className={LOOKS[index]?.stroke}
              />
            ))}
          </svg>
          {drawn.map(({ name, points }, index) =>
            known(points).map(({ at, share, basis }) => (
              <span
                key={`${name} ${at.toISOString()}`}
                aria-hidden
                title={`${name}, ${day(at)}: ${percent(share)} (${basis})`}
                className={cn("absolute -m-1 size-2", LOOKS[index]?.fill, LOOKS[index]?.mark)}
                style={{ left: `${x(at)}%`, top: `${y(share)}%` }}
              />
            )),
          )}
        </div>
        <div
          aria-hidden
          className={cn(
            "mt-1 ml-10 flex text-xs text-muted tabular-nums",
            first === last ? "justify-center" : "justify-between",
          )}
        >
          {times.length > 0 && <span>{day(new Date(first))}</span>}
          {first !== last && <span>{day(new Date(last))}</span>}
        </div>
        <figcaption className="mt-2 ml-10 flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {drawn.map(({ name }, index) => (
            <span key={name} className="inline-flex min-w-0 items-center gap-1.5">
              <svg aria-hidden viewBox="0 0 24 4" className="h-1 w-6 shrink-0">
                <line
                  x1={0}
                  x2={24}
                  y1={2}
                  y2={2}
                  strokeWidth={2}
                  strokeDasharray={LOOKS[index]?.dash}
                  className={LOOKS[index]?.stroke}
                />
              </svg>
              <span className="truncate">{name}</span>
            </span>
          ))}
          {series.length > drawn.length && (
            <span className="text-muted">{series.length - drawn.length} more in the table</span>
          )}
        </figcaption>
      </figure>
      <details className="mt-3">
        <summary className="inline-flex min-h-6 items-center text-sm text-accent-ink underline underline-offset-2">
          Show as a table
        </summary>
        <PlotTable series={series} label={label} timeName={timeName} />
      </details>
    </div>
  );
}

function PlotTable({ series, label, timeName }: { series: Series[]; label: string; timeName: string }) {
  const timeZone = useTimeZone();
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at.getTime())))].toSorted(
    (a, b) => a - b,
  );
  return (
    <Table aria-label={label} className="mt-1">
      <thead>
        <tr>
          <TableHead>{timeName}</TableHead>
          {series.map(({ name }) => (
            <TableHead key={name}>{name}</TableHead>
          ))}
        </tr>
      </thead>
      <tbody>
        {times.map((time) => (
          <tr key={time}>
            <TableCell className="whitespace-nowrap tabular-nums">{formatDate(new Date(time), timeZone)}</TableCell>
            {series.map(({ name, points }) => {
              const here = points.filter(({ at }) => at.getTime() === time);
              return (
                <TableCell key={name} className="tabular-nums">
                  {here.map(({ share, basis }, index) => (
                    <span key={index} className="block">
                      {percent(share)} <span className="text-sm text-muted">({basis})</span>
                    </span>
                  ))}
                </TableCell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function known(points: Series["points"]) {
  return points.flatMap((point) => (point.share === null ? [] : [{ ...point, share: point.share }]));
}
