import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";

import { SkippedPage } from "#components/runs/skipped-page.tsx";

import { openSpace } from "../../../../../_server/space.ts";

export const metadata: Metadata = { title: "Left out" };

export default async function Page({ params }: PageProps<"/s/[space]/runs/[runId]/skipped">) {
  const { space, runId } = await params;
  const { queryClient } = await openSpace(space);
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <SkippedPage runId={runId} />
    </HydrationBoundary>
  );
}
