import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { ProjectPage } from "#components/settings/project-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Project" };

export default async function Page({ params }: PageProps<"/s/[space]/settings/project">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const input = { spaceId: shell.space.id };
  await Promise.all([
    queryClient.prefetchQuery(trpc.context.read.queryOptions(input)),
    queryClient.prefetchQuery(trpc.context.contributors.queryOptions(input)),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ProjectPage />
    </HydrationBoundary>
  );
}
