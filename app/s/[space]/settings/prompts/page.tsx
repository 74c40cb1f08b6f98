import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { PromptsPage } from "#components/settings/prompts-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Prompts" };

export default async function Page({ params }: PageProps<"/s/[space]/settings/prompts">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  if (shell.role === "admin") {
    await queryClient.prefetchQuery(trpc.prompts.list.queryOptions({ spaceId: shell.space.id }));
  }
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <PromptsPage />
    </HydrationBoundary>
  );
}
