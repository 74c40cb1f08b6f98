"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { useSettled } from "#components/ui/use-settled.ts";

import { queueInput, type ReviewFilters, reviewParams } from "./filters.ts";

export type Queue = ReturnType<typeof useQueue>;

/** The queue under the filters of the address, and the proposal that is looked at. */
export function useQueue() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const [filters, setFilters] = useQueryStates(reviewParams);
  const q = useSettled(filters.q);
  const query = useInfiniteQuery(
    trpc.proposals.list.infiniteQueryOptions(queueInput(space.id, { ...filters, q }), {
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  );
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const counts = query.data?.pages[0]?.counts ?? null;

  // On wide screens the first proposal is shown without being asked for. It stays while others come and go above it, so
  // that a key press never decides another proposal than the one on the screen.
  const [pinned, setPinned] = useState<string | null>(null);
  const isCurrent = !query.isPlaceholderData && q === filters.q;
  if (pinned === null && filters.proposal === null && items[0] && isCurrent) setPinned(items[0].id);
  const shownId = filters.proposal ?? pinned;

  // Where the shown one stands, or stood before it left the list.
  const found = items.findIndex((item) => item.id === shownId);
  const [place, setPlace] = useState(0);
  if (found >= 0 && found !== place) setPlace(found);

  const show = (id: string | null) => {
    setPinned(id);
    void setFilters({ proposal: id });
  };

  /** As a person opens it: on phones the list then is one step back. */
  const open = (id: string) => {
    setPinned(id);
    void setFilters({ proposal: id }, { history: filters.proposal === null ? "push" : "replace" });
  };

  const close = () => {
    setPinned(shownId);
    void setFilters({ proposal: null });
  };

  /** A proposal that waits again, wherever one is. */
  const showPending = (id: string) => {
    setPinned(id);
    void setFilters({ status: "pending", proposal: id });
  };

  const filterBy = (next: Partial<ReviewFilters>) => {
    setPinned(null);
    void setFilters({ ...next, proposal: null });
  };

  /** The neighbour of the shown proposal; of one that has left the list, whoever took its place. */
  const neighbour = (step: 1 | -1) => {
    if (found >= 0) return items[found + step] ?? null;
    return (step === 1 ? items[place] : items[place - 1]) ?? null;
  };

  return {
    filters,
    filterBy,
    items,
    counts,
    query,
    shownId,
    /** Its place among the loaded ones, from 0; null for one that is not in the list. */
    place: found >= 0 ? found : null,
    /** Whether someone opened a proposal: on phones it then takes the place of the list. */
    isOpen: filters.proposal !== null,
    show,
    open,
    close,
    showPending,
    neighbour,
    /** What to look at once these are gone from the list: the next one that stays, else the one before. */
    successor: (leaving: ReadonlySet<string>) => {
      const from = found >= 0 ? found : place;
      return (
        items.slice(from).find((item) => !leaving.has(item.id)) ??
        items.slice(0, from).findLast((item) => !leaving.has(item.id)) ??
        null
      );
    },
  };
}
