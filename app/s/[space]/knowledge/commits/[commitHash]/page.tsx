import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { CommitPage } from "#components/knowledge/commit-page.tsx";

import { openSpace } from "../../../../../_server/space.ts";

export const metadata: Metadata = { title: "Commit" };

export default async function Page({ params }: PageProps<"/s/[space]/knowledge/commits/[commitHash]">) {
  const { space, commitHash } = await params;
  const { shell, queryClient, trpc } = await openSpace(space);
  await queryClient.prefetchQuery(trpc.knowledge.commit.queryOptions({ spaceId: shell.space.id, commitHash }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <CommitPage commitHash={commitHash} />
    </HydrationBoundary>
  );
}
