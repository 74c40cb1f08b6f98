import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { ModelsPage } from "#components/settings/models-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Models" };

export default async function Page({ params }: PageProps<"/s/[space]/settings/models">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const input = { spaceId: shell.space.id };
  if (shell.role === "admin") {
    await Promise.all([
      queryClient.prefetchQuery(trpc.models.list.queryOptions(input)),
      queryClient.prefetchQuery(trpc.models.spending.queryOptions(input)),
      queryClient.prefetchQuery(trpc.settings.list.queryOptions(input)),
    ]);
  }
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ModelsPage />
    </HydrationBoundary>
  );
}
