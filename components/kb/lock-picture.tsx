import { formatDuration } from "#components/ui/time-format.ts";

import type { LockTimes } from "./kb.ts";
import { kindInWords } from "./words.ts";

const DECADES_MS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/** The lock times as bars on a scale where each step is ten times as long. The table beside it says the same in numbers. */
export function LockPicture({ times: { all, byKind } }: { times: LockTimes }) {
  const longest = Math.max(all?.waitMax ?? 0, all?.holdMax ?? 0);
  const endMs = DECADES_MS.find((decade) => decade >= longest) ?? longest;
  const ticks = DECADES_MS.filter((decade) => decade <= endMs);
  const share = (ms: number) => (endMs <= 1 ? 0 : Math.min(1, Math.log10(Math.max(ms, 1)) / Math.log10(endMs)));
  return (
    <figure aria-hidden className="text-xs text-muted">
      <div className="grid grid-cols-bars items-center gap-x-2 gap-y-1">
        {byKind.map((row) => (
          <div key={row.kind} className="col-span-3 grid grid-cols-subgrid items-center gap-y-0.5 py-1">
            <span className="row-span-2 truncate text-sm text-ink">{kindInWords(row.kind ?? "")}</span>
            <span>waited</span>
            <Bar half={share(row.waitP50)} most={share(row.waitP95)} longest={share(row.waitMax)} />
            <span>held</span>
            <Bar half={share(row.holdP50)} most={share(row.holdP95)} longest={share(row.holdMax)} />
          </div>
        ))}
        <div className="relative col-start-3 h-5">
          {ticks.map((tick) => (
            <span
              key={tick}
              className="absolute top-1 -translate-x-1/2 whitespace-nowrap first:translate-x-0 last:-translate-x-full"
              style={{ left: `${share(tick) * 100}%` }}
            >
              {formatDuration(tick)}
            </span>
          ))}
        </div>
      </div>
      <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
        <Key colour="bg-ink" words="half are shorter" />
        <Key colour="bg-control" words="95 % are shorter" />
        <Key colour="bg-line" words="the longest" />
      </figcaption>
    </figure>
  );
}

/** Each bar begins at the left, the longer ones behind. What took no time still has a sliver. */
function Bar({ half, most, longest }: { half: number; most: number; longest: number }) {
  const width = (part: number) => ({ width: `max(2px, ${part * 100}%)` });
  return (
    <div className="relative h-2">
      <div className="absolute inset-y-0 left-0 rounded-sm bg-line" style={width(longest)} />
      <div className="absolute inset-y-0 left-0 rounded-sm bg-control" style={width(most)} />
      <div className="absolute inset-y-0 left-0 rounded-sm bg-ink" style={width(half)} />
    </div>
  );
}

const Key = ({ colour, words }: { colour: string; words: string }) => (
  <span className="inline-flex items-center gap-1.5">
    <span className={`size-2.5 rounded-sm ${colour}`} />
    {words}
  </span>
);
