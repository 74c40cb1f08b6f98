"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";

import type { ProposalItem } from "./proposal.ts";

/** A proposal by id: what the list knows of it until the rest is here, and whichever of the two is newer. */
export function useProposal(proposalId: string | null, items: ProposalItem[]) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const query = useQuery(
    trpc.proposals.byId.queryOptions(
      { spaceId: space.id, proposalId: proposalId ?? "" },
      { enabled: proposalId !== null },
    ),
  );
  const listed = items.find((item) => item.id === proposalId);
  const loaded = query.data;
  const proposal: ProposalItem | undefined =
    loaded && listed ? (listed.version > loaded.version ? listed : loaded) : (loaded ?? listed);
  return { proposal, history: loaded?.history, error: query.error, refetch: () => void query.refetch() };
}
