import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { GapsPage } from "#components/knowledge/gaps.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Questions" };

export default async function Page({ params }: PageProps<"/s/[space]/knowledge/questions">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  await queryClient.prefetchQuery(trpc.gaps.list.queryOptions({ spaceId: shell.space.id }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <GapsPage />
    </HydrationBoundary>
  );
}
