import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { ConflictPage } from "#components/kb/conflict-page.tsx";

import { openSpace } from "../../../../../_server/space.ts";

export const metadata: Metadata = { title: "Conflict" };

export default async function Page({ params }: PageProps<"/s/[space]/knowledge/conflicts/[conflictId]">) {
  const { space, conflictId } = await params;
  const { shell, queryClient, trpc } = await openSpace(space);
  await queryClient.prefetchQuery(trpc.kb.conflict.queryOptions({ spaceId: shell.space.id, conflictId }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ConflictPage conflictId={conflictId} />
    </HydrationBoundary>
  );
}
