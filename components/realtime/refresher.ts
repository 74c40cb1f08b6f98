import { hashKey, type QueryClient, type QueryFilters } from "@tanstack/react-query";

const REST_MS = 80;

/**
 * Marks queries stale at once, but each at most once in a while and never while it is still being fetched for the last
 * time: a burst of events costs one request, not a hundred, and none of them aborts another for ever.
 */
export function createRefresher(queryClient: QueryClient, restMs = REST_MS) {
  const busy = new Map<string, { again: QueryFilters | null }>();
  let isStopped = false;

  const refresh = async (key: string, filters: QueryFilters) => {
    const state: { again: QueryFilters | null } = { again: filters };
    busy.set(key, state);
    while (state.again && !isStopped) {
      const next: QueryFilters = state.again;
      state.again = null;
      await queryClient.invalidateQueries(next);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
    busy.delete(key);
  };

  return {
    refresh: (stale: QueryFilters[]) => {
      for (const filters of stale) {
        const key = hashKey(filters.queryKey ?? ["everything"]);
        const state = busy.get(key);
        if (state) state.again = filters;
        else void refresh(key, filters);
      }
    },
    stop: () => {
      isStopped = true;
    },
  };
}
