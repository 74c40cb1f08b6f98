"use client";

import { useQuery } from "@tanstack/react-query";
import { ShieldCheck, X } from "lucide-react";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { cn } from "#components/ui/cn.ts";
import { SearchField } from "#components/ui/search-field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Moment } from "#components/ui/time.tsx";
import { Hint } from "#components/ui/tooltip.tsx";

import { KINDS, STATUSES } from "./filters.ts";
import type { Queue } from "./use-queue.ts";
import { KIND_WORDS, STATUS_WORDS } from "./words.ts";

export const SEARCH_ID = "review-search";

/** Which proposals the list holds: every filter can be seen, and taken off again. */
export function QueueFilters({ queue }: { queue: Queue }) {
  const { filters, filterBy, counts } = queue;
  return (
    <div className="flex flex-col gap-2 border-b px-3 pt-2">
      <div className="flex items-center gap-2">
        <SearchField
          id={SEARCH_ID}
          className="flex-1"
          label="Search proposals"
          value={filters.q}
          onChange={(q) => filterBy({ q })}
        />
        <Select
          label="Kind"
          fieldSize="sm"
          className="w-28 shrink-0"
          value={filters.kind ?? "all"}
          onChange={(kind) => filterBy({ kind: kind === "all" ? null : kind })}
          options={[
            { value: "all", label: "All kinds" },
            ...KINDS.map((kind) => ({ value: kind, label: KIND_WORDS[kind].many })),
          ]}
        />
        <RulesLink />
      </div>
      {filters.run && <RunFilter runId={filters.run} onClear={() => filterBy({ run: null })} />}
      <div role="group" aria-label="State" className="-mx-1 flex">
        {STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            aria-pressed={filters.status === status}
            onClick={() => filterBy({ status })}
            className={cn(
              "-mb-px flex h-8 flex-1 items-center justify-center gap-1 border-b-2 border-transparent px-1 text-sm text-muted hover:text-ink pointer-coarse:h-10",
              filters.status === status && "border-accent font-medium text-ink",
            )}
          >
            {STATUS_WORDS[status].label}
            {counts && <span className="text-xs tabular-nums">{counts[status]}</span>}
          </button>
        ))}
      </div>
    </div>
  );
}

/** The way to what is approved without anyone, and whether something of it is to be looked at. */
function RulesLink() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data } = useQuery(trpc.rules.audits.queryOptions({ spaceId: space.id }));
  const count = data?.count ?? 0;
  const label = count > 0 ? `Rules: ${count} approved by rules to look at` : "Rules: what is approved by itself";
  return (
    <Hint label={label}>
      <Link
        href={path("review/rules")}
        aria-label={label}
        className={cn(buttonStyle({ variant: "ghost", size: "iconSm" }), "relative")}
      >
        <ShieldCheck aria-hidden />
        {count > 0 && <span aria-hidden className="absolute top-0.5 right-0.5 size-2 rounded-full bg-accent" />}
      </Link>
    </Hint>
  );
}

function RunFilter({ runId, onClear }: { runId: string; onClear: () => void }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data: run } = useQuery(trpc.runs.byId.queryOptions({ spaceId: space.id, runId }));
  return (
    <p className="flex items-center gap-1 rounded-md bg-selected py-0.5 pr-0.5 pl-2 text-sm text-soft">
      <span className="min-w-0 flex-1 truncate">
        Only the run{" "}
        {run ? (
          <>
            of <Moment at={run.createdAt} />
          </>
        ) : (
          "in the address"
        )}
      </span>
      <Button variant="ghost" size="iconSm" aria-label="Show all runs" onClick={onClear}>
        <X />
      </Button>
    </p>
  );
}
