import type { Outputs } from "#components/trpc/client.tsx";

export type ProposalItem = Outputs["proposals"]["list"]["items"][number];
export type ProposalDetail = Outputs["proposals"]["byId"];
export type Evidence = ProposalItem["evidence"][number];
export type Decided = Outputs["proposals"]["approve"];
