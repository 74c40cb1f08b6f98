import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { loadCompareParams } from "#components/runs/compare-params.ts";
import { ComparePage } from "#components/runs/compare-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Runs compared" };

export default async function Page({ params, searchParams }: PageProps<"/s/[space]/runs/compare">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const { a, b } = await loadCompareParams(searchParams);
  if (a && b) await queryClient.prefetchQuery(trpc.runs.compare.queryOptions({ spaceId: shell.space.id, a, b }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ComparePage />
    </HydrationBoundary>
  );
}
