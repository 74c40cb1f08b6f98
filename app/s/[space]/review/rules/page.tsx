import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { RulesPage } from "#components/review/rules/rules-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Rules" };

export default async function Page({ params }: { params: Promise<{ space: string }> }) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const spaceId = shell.space.id;
  await Promise.all([
    queryClient.prefetchQuery(trpc.rules.list.queryOptions({ spaceId })),
    queryClient.prefetchQuery(trpc.rules.audits.queryOptions({ spaceId })),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <RulesPage />
    </HydrationBoundary>
  );
}
