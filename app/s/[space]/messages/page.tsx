import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { AROUND_RADIUS, loadMessageParams, messagesInput } from "#components/messages/filters.ts";
import { MessagesPage } from "#components/messages/messages-page.tsx";

import { openSpace } from "../../../_server/space.ts";

export const metadata: Metadata = { title: "Messages" };

export default async function Page({ params, searchParams }: PageProps<"/s/[space]/messages">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const filters = await loadMessageParams(searchParams);
  const spaceId = shell.space.id;
  await Promise.all([
    queryClient.prefetchQuery(trpc.messages.chats.queryOptions({ spaceId })),
    filters.message
      ? queryClient.prefetchQuery(
          trpc.messages.around.queryOptions({ spaceId, messageId: filters.message, radius: AROUND_RADIUS }),
        )
      : queryClient.prefetchInfiniteQuery(
          trpc.messages.list.infiniteQueryOptions(messagesInput(spaceId, filters), {
            getNextPageParam: (page) => page.nextCursor,
          }),
        ),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <MessagesPage />
    </HydrationBoundary>
  );
}
