import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { AccuracyPage } from "#components/learning/accuracy-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "How well it reads" };

export default async function Page({ params }: PageProps<"/s/[space]/runs/accuracy">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const spaceId = shell.space.id;
  await Promise.all([
    queryClient.prefetchQuery(trpc.learning.calibration.queryOptions({ spaceId })),
    queryClient.prefetchQuery(trpc.examples.list.queryOptions({ spaceId })),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <AccuracyPage />
    </HydrationBoundary>
  );
}
