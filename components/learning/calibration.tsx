"use client";

import { useQuery } from "@tanstack/react-query";

import { CONFIDENCE_WORDS } from "#components/review/words.ts";
import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { outOf, percent } from "./figures.ts";

type Band = Outputs["learning"]["calibration"]["bands"][number];

/** Whether strong evidence means what it says: how often each band was of use, over all decisions there are. */
export function Calibration() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(trpc.learning.calibration.queryOptions({ spaceId: space.id }));
  if (error) return <p className="text-danger">{messageOf(error)}</p>;
  if (!data) return <SkeletonRows rows={2} />;
  const decided = data.bands.reduce((sum, band) => sum + band.decided, 0);
  if (decided === 0)
    return <p className="text-muted">Nothing was decided yet, so nothing can be said of the evidence.</p>;
  return (
    <div className="flex flex-col gap-3">
      <ul className="flex flex-col gap-3">
        {data.bands.map((band) => (
          <BandBar key={band.band} band={band} />
        ))}
      </ul>
      <p className="text-sm text-muted">
        The thin line is where the true share lies, as far as so few decisions can tell (95 %).
        {data.bands.some(({ isFew, decided: count }) => isFew && count > 0) &&
          ` With fewer than ${data.few} decisions a share says little.`}
      </p>
    </div>
  );
}

function BandBar({ band: { band, decided, useful, edited, share, range, isFew } }: { band: Band }) {
  const words = CONFIDENCE_WORDS[band];
  const at = (part: number) => `${part * 100}%`;
  return (
    <li>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{words.label}</span>
        {share === null ? (
          <span className="text-muted">nothing decided</span>
        ) : (
          <>
            <span className="tabular-nums">{percent(share)} of use</span>
            <span className="text-sm text-muted tabular-nums">
              {outOf(useful, decided)}
              {edited > 0 && `, ${edited} edited first`}
              {range && `, between ${percent(range.low)} and ${percent(range.high)}`}
              {isFew && ", few decisions"}
            </span>
          </>
        )}
      </p>
      <div aria-hidden className="relative mt-1 h-3 overflow-hidden rounded-sm bg-sunken">
        {share !== null && <div className="h-full bg-accent" style={{ width: at(share) }} />}
        {range && (
          <div
            className="absolute top-1/2 h-0.5 -translate-y-1/2 bg-ink"
            style={{ left: at(range.low), width: at(range.high - range.low) }}
          />
        )}
      </div>
    </li>
  );
}
