import { dehydrate, HydrationBoundary } from "@tanstack/react-query";

import { KnowledgeFrame } from "#components/knowledge/knowledge-frame.tsx";

import { openSpace } from "../../../_server/space.ts";

export default async function Layout({ params, children }: LayoutProps<"/s/[space]/knowledge">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  await queryClient.prefetchQuery(trpc.knowledge.tree.queryOptions({ spaceId: shell.space.id }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <KnowledgeFrame>{children}</KnowledgeFrame>
    </HydrationBoundary>
  );
}
