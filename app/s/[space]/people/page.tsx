import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { PeoplePage } from "#components/people/people-page.tsx";

import { openSpace } from "../../../_server/space.ts";

export const metadata: Metadata = { title: "People" };

export default async function Page({ params }: PageProps<"/s/[space]/people">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const spaceId = shell.space.id;
  await Promise.all([
    queryClient.prefetchQuery(trpc.channels.me.queryOptions({ spaceId })),
    ...(shell.role === "admin"
      ? [
          queryClient.prefetchQuery(trpc.channels.pairings.queryOptions({ spaceId })),
          queryClient.prefetchQuery(trpc.settings.list.queryOptions({ spaceId })),
        ]
      : []),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <PeoplePage />
    </HydrationBoundary>
  );
}
