import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { ReplaysPage } from "#components/learning/replays-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Replays" };

export default async function Page({ params }: PageProps<"/s/[space]/runs/replays">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  await queryClient.prefetchQuery(trpc.replays.list.queryOptions({ spaceId: shell.space.id }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ReplaysPage />
    </HydrationBoundary>
  );
}
