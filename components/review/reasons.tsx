"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";

import { ConfidenceMark } from "./confidence.tsx";
import type { ProposalItem } from "./proposal.ts";
import { counted, percent } from "./words.ts";

/** How sure it is and why, and what became of others that were as sure. */
export function Reasons({ proposal }: { proposal: ProposalItem }) {
  const { confidence, hasEvidence, reasons } = proposal;
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-3">
        <ConfidenceMark confidence={confidence} hasEvidence={hasEvidence} isLong className="text-base" />
        {hasEvidence && <Calibration proposal={proposal} />}
      </p>
      {reasons.length > 0 && (
        <ul className="mt-1 list-disc pl-4 text-soft">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Of those with the same strength, so many were approved; said as what it is while there are few. */
function Calibration({ proposal: { confidence } }: { proposal: ProposalItem }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useQuery(trpc.learning.calibration.queryOptions({ spaceId: space.id }, { staleTime: 5 * 60_000 }));
  const band = data?.bands.find((each) => each.band === confidence);
  if (!band || band.share === null || band.decided === 0) return null;
  return (
    <span className="text-sm text-muted">
      {band.isFew
        ? `of ${counted(band.decided, `${confidence} one`)} decided so far, ${band.useful} ${band.useful === 1 ? "was" : "were"} of use`
        : `${percent(band.share)} of ${counted(band.decided, `${confidence} one`)} were of use`}
    </span>
  );
}
