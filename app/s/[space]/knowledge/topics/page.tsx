import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { TopicsPage } from "#components/knowledge/topics-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Topics" };

export default async function Page({ params }: PageProps<"/s/[space]/knowledge/topics">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  await queryClient.prefetchQuery(trpc.knowledge.topics.queryOptions({ spaceId: shell.space.id }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <TopicsPage />
    </HydrationBoundary>
  );
}
