import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { RunPage } from "#components/runs/run-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Run" };

export default async function Page({ params }: PageProps<"/s/[space]/runs/[runId]">) {
  const { space, runId } = await params;
  const { shell, queryClient, trpc } = await openSpace(space);
  await queryClient.prefetchQuery(trpc.runs.byId.queryOptions({ spaceId: shell.space.id, runId }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <RunPage runId={runId} />
    </HydrationBoundary>
  );
}
