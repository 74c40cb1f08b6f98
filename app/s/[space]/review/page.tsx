import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { loadReviewParams, queueInput } from "#components/review/filters.ts";
import { ReviewPage } from "#components/review/review-page.tsx";

import { openSpace } from "../../../_server/space.ts";

export const metadata: Metadata = { title: "Review" };

export default async function Page({ params, searchParams }: PageProps<"/s/[space]/review">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const filters = await loadReviewParams(searchParams);
  const spaceId = shell.space.id;
  await Promise.all([
    queryClient.prefetchInfiniteQuery(
      trpc.proposals.list.infiniteQueryOptions(queueInput(spaceId, filters), {
        getNextPageParam: (page) => page.nextCursor,
      }),
    ),
    queryClient.prefetchQuery(trpc.proposals.list.queryOptions({ spaceId, limit: 1 })),
    filters.proposal &&
      queryClient.prefetchQuery(trpc.proposals.byId.queryOptions({ spaceId, proposalId: filters.proposal })),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ReviewPage />
    </HydrationBoundary>
  );
}
