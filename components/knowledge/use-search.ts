"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { useSettled } from "#components/ui/use-settled.ts";

import { filtersOf, searchParams } from "./search-params.ts";

/** The search that the address asks for, with what there is to filter by. `isWanted`: also where it asks for nothing yet. */
export function useNoteSearch({ isWanted = false }: { isWanted?: boolean } = {}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const [chosen, set] = useQueryStates(searchParams);
  const filters = filtersOf(chosen);
  const text = chosen.q.trim();
  const hasFilters = Object.keys(filters).length > 0;
  const isSearching = text !== "" || hasFilters;
  const query = useInfiniteQuery(
    trpc.knowledge.search.infiniteQueryOptions(
      { spaceId: space.id, query: useSettled(text), filters },
      {
        getNextPageParam: (page) => page.nextCursor,
        placeholderData: keepPreviousData,
        enabled: isSearching || isWanted,
      },
    ),
  );
  return { ...query, chosen, set, hasFilters, isSearching };
}
