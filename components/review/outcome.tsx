"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Age } from "#components/ui/time.tsx";

import { DeliveryState } from "./delivery.tsx";
import type { ProposalItem } from "./proposal.ts";
import { STATUS_WORDS } from "./words.ts";

/** Who decided what, and how far the note has come. */
export function Outcome({ proposal }: { proposal: ProposalItem }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: kb } = useQuery(
    trpc.kb.status.queryOptions({ spaceId: space.id }, { enabled: proposal.delivery !== null }),
  );
  if (proposal.status === "pending") return null;
  const { delivery } = proposal;
  return (
    <div className="flex flex-col gap-2 rounded-md bg-sunken px-3 py-2.5">
      <p>
        <span className="font-medium">
          {STATUS_WORDS[proposal.status].label} by{" "}
          {proposal.autoRuleName === null ? (proposal.decidedBy ?? "someone") : `the rule “${proposal.autoRuleName}”`}
        </span>{" "}
        {proposal.decidedAt && <Age at={proposal.decidedAt} inWords className="text-muted" />}
        {proposal.decisionReason && <span className="text-soft">: {proposal.decisionReason}</span>}
        {proposal.autoRuleName !== null && (
          <>
            {". "}
            <Link href={path("review/rules")} className="text-accent-ink underline underline-offset-2">
              See the rules
            </Link>
          </>
        )}
        {proposal.mergedIntoId && (
          <>
            {" "}
            <Link
              href={path(`review?proposal=${proposal.mergedIntoId}`)}
              className="text-accent-ink underline underline-offset-2"
            >
              Open what it went into
            </Link>
          </>
        )}
      </p>
      {delivery && (
        <DeliveryState
          delivery={delivery}
          hasRemote={kb ? kb.remote !== null : undefined}
          noteHref={delivery.noteId ? path(`knowledge/${delivery.noteId}`) : null}
          syncHref={path(`knowledge/sync?show=${delivery.status === "failed" ? "failed" : "conflicted"}`)}
        />
      )}
    </div>
  );
}
