"use client";

import { useQueryClient } from "@tanstack/react-query";

import { useTRPC } from "#components/trpc/client.tsx";

/** Asks again what a space has of models, and ends with the answer. What endpoints list follows by itself: that may take a while. */
export function useFreshModels(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => {
    void queryClient.invalidateQueries(trpc.models.available.pathFilter());
    return queryClient.invalidateQueries(trpc.models.list.pathFilter());
  };
}
