"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { operationsInput, type Shown, syncParams } from "./filters.ts";
import { isUnderWay } from "./kb.ts";
import { OperationRow } from "./operation-row.tsx";
import { Section } from "./section.tsx";

const BUSY_INTERVAL_MS = 2_000;

const FILTERS = [
  { value: "all", label: "All" },
  { value: "failed", label: "Failed" },
  { value: "conflicted", label: "In conflict" },
] as const satisfies ReadonlyArray<{ value: NonNullable<Shown> | "all"; label: string }>;

/** What was written, newest first, with what came of each. */
export function OperationList({ hasRemote }: { hasRemote: boolean }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const [{ show }, set] = useQueryStates(syncParams);
  const query = useInfiniteQuery(
    trpc.kb.operations.infiniteQueryOptions(operationsInput(space.id, show), {
      getNextPageParam: (page) => page.nextCursor,
      refetchInterval: ({ state }) =>
        state.data?.pages[0]?.items.some((each) => isUnderWay(each.status)) ? BUSY_INTERVAL_MS : false,
    }),
  );
  const items = query.data?.pages.flatMap((page) => page.items);
  return (
    <Section
      title="Written"
      aside={
        <Select
          label="Which operations are listed"
          fieldSize="sm"
          className="w-32"
          value={show ?? "all"}
          options={FILTERS}
          onChange={(value) => void set({ show: value === "all" ? null : value })}
        />
      }
    >
      {query.error && !items && (
        <NotRead title="The operations could not be loaded" error={query.error} onRetry={() => void query.refetch()} />
      )}
      {!items && !query.error && <SkeletonRows rows={4} />}
      {items?.length === 0 && (
        <p className="text-muted">
          {show === "failed"
            ? "Nothing has failed that has not gone through since."
            : show === "conflicted"
              ? "Nothing waits for a choice."
              : "Nothing yet. Each approval, edit and sync is listed here with its commit."}
        </p>
      )}
      {items && items.length > 0 && (
        <ol className="border-t">
          {items.map((operation) => (
            <OperationRow key={operation.id} operation={operation} hasRemote={hasRemote} />
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Button className="mt-3" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Older
        </Button>
      )}
    </Section>
  );
}
