import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { RunsPage } from "#components/runs/runs-page.tsx";

import { openSpace } from "../../../_server/space.ts";

export const metadata: Metadata = { title: "Runs" };

export default async function Page({ params }: PageProps<"/s/[space]/runs">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  await queryClient.prefetchQuery(trpc.runs.list.queryOptions({ spaceId: shell.space.id }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <RunsPage />
    </HydrationBoundary>
  );
}
