"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { ConflictBadge } from "#components/kb/conflict-badge.tsx";
import { operationsInput } from "#components/kb/filters.ts";
import { OperationRow } from "#components/kb/operation-row.tsx";
import { Repository } from "#components/kb/repository.tsx";
import { Section } from "#components/kb/section.tsx";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { Gaps } from "./gaps.tsx";

const SHOWN = 10;

/** How the repository stands and what was written to it last: the Sync page in short. */
export function KnowledgeOverview() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: kb, error } = useQuery(trpc.kb.status.queryOptions({ spaceId: space.id }));
  if (error && !kb) {
    return (
      <div className="p-6">
        <Alert tone="danger" title="The repository could not be looked at">
          {messageOf(error)}
        </Alert>
      </div>
    );
  }
  if (kb === undefined) return <SkeletonRows rows={4} className="p-6" />;
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-4 md:px-6">
        {kb ? (
          <Repository kb={kb} />
        ) : (
          <p className="text-muted">No repository yet. A worker makes it within seconds of its start.</p>
        )}
        <p className="flex flex-wrap items-center gap-2">
          <Link href={path("knowledge/sync")} className={buttonStyle({})}>
            Open Sync
          </Link>
          {kb && <ConflictBadge count={kb.openConflicts} />}
        </p>
        <Section title="Questions without a good answer">
          <Gaps />
        </Section>
        {kb && <LastWritten hasRemote={kb.remote !== null} />}
      </div>
    </div>
  );
}

function LastWritten({ hasRemote }: { hasRemote: boolean }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useInfiniteQuery(
    trpc.kb.operations.infiniteQueryOptions(operationsInput(space.id, null), {
      getNextPageParam: (page) => page.nextCursor,
    }),
  );
  const items = data?.pages[0]?.items.slice(0, SHOWN);
  return (
    <Section title="Last written">
      {error && !items && <Alert tone="danger">{messageOf(error)}</Alert>}
      {!items && !error && <SkeletonRows rows={3} />}
      {items?.length === 0 && (
        <p className="text-muted">Nothing yet. Each approval is one commit, and is listed here.</p>
      )}
      {items && items.length > 0 && (
        <ol className="border-t">
          {items.map((operation) => (
            <OperationRow key={operation.id} operation={operation} hasRemote={hasRemote} />
          ))}
        </ol>
      )}
    </Section>
  );
}
