import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { TopicPage } from "#components/knowledge/topic-page.tsx";

import { openSpace } from "../../../../../_server/space.ts";

export const metadata: Metadata = { title: "Topic" };

export default async function Page({ params }: PageProps<"/s/[space]/knowledge/topics/[topicId]">) {
  const { space, topicId } = await params;
  const { shell, queryClient, trpc } = await openSpace(space);
  await queryClient.prefetchQuery(trpc.knowledge.topic.queryOptions({ spaceId: shell.space.id, topicId }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <TopicPage topicId={topicId} />
    </HydrationBoundary>
  );
}
