import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { ReplayPage } from "#components/learning/replay-page.tsx";

import { openSpace } from "../../../../../_server/space.ts";

export const metadata: Metadata = { title: "Replay" };

export default async function Page({ params }: PageProps<"/s/[space]/runs/replays/[replayId]">) {
  const { space, replayId } = await params;
  const { shell, queryClient, trpc } = await openSpace(space);
  await queryClient.prefetchQuery(trpc.replays.byId.queryOptions({ spaceId: shell.space.id, replayId }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ReplayPage replayId={replayId} />
    </HydrationBoundary>
  );
}
