import { dehydrate, HydrationBoundary } from "@tanstack/react-query";

import { KnowledgeFrame } from "#components/knowledge/knowledge-frame.tsx";

import { openSpace } from "../../../_server/space.ts";

export default async function Layout({ params, children }: LayoutProps<"/s/[space]/knowledge">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  const spaceId = shell.space.id;
  await Promise.all([
    queryClient.prefetchQuery(trpc.knowledge.tree.queryOptions({ spaceId })),
    queryClient.prefetchQuery(trpc.kb.status.queryOptions({ spaceId })),
  ]);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <KnowledgeFrame>{children}</KnowledgeFrame>
    </HydrationBoundary>
  );
}
