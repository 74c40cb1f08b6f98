import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { GeneralPage } from "#components/settings/general-page.tsx";

import { openSpace } from "../../../_server/space.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function Page({ params }: PageProps<"/s/[space]/settings">) {
  const { shell, queryClient, trpc } = await openSpace((await params).space);
  if (shell.role === "admin") {
    await queryClient.prefetchQuery(trpc.settings.list.queryOptions({ spaceId: shell.space.id }));
  }
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <GeneralPage />
    </HydrationBoundary>
  );
}
