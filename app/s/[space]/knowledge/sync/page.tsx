import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { loadSyncParams, LOCK_DAYS, operationsInput } from "#components/kb/filters.ts";
import { SyncPage } from "#components/kb/sync-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Sync" };

export default async function Page({ params, searchParams }: PageProps<"/s/[space]/knowledge/sync">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const { show } = await loadSyncParams(searchParams);
  const spaceId = shell.space.id;
  await Promise.all([
    queryClient.prefetchQuery(trpc.kb.status.queryOptions({ spaceId })),
    queryClient.prefetchQuery(trpc.kb.queue.queryOptions({ spaceId })),
    queryClient.prefetchQuery(trpc.kb.conflicts.queryOptions({ spaceId })),
    queryClient.prefetchQuery(trpc.kb.lockTimes.queryOptions({ spaceId, days: LOCK_DAYS })),
    queryClient.prefetchInfiniteQuery(
      trpc.kb.operations.infiniteQueryOptions(operationsInput(spaceId, show), {
        getNextPageParam: (page) => page.nextCursor,
      }),
    ),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <SyncPage />
    </HydrationBoundary>
  );
}
