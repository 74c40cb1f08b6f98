import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { NotePage } from "#components/knowledge/note-page.tsx";

import { openSpace } from "../../../../_server/space.ts";

export const metadata: Metadata = { title: "Note" };

export default async function Page({ params }: PageProps<"/s/[space]/knowledge/[noteId]">) {
  const { space, noteId } = await params;
  const { shell, queryClient, trpc } = await openSpace(space);
  await queryClient.prefetchQuery(trpc.knowledge.note.queryOptions({ spaceId: shell.space.id, noteId }));
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <NotePage noteId={noteId} />
    </HydrationBoundary>
  );
}
