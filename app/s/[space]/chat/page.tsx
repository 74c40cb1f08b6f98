import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { ChatPage } from "#components/chat/chat-page.tsx";

import { openSpace } from "../../../_server/space.ts";

export const metadata: Metadata = { title: "Chat" };

export default async function Page({ params }: PageProps<"/s/[space]/chat">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  await queryClient.prefetchQuery(trpc.chat.list.queryOptions({ spaceId: shell.space.id }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ChatPage />
    </HydrationBoundary>
  );
}
