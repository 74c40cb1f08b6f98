"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, GitBranch } from "lucide-react";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { hasRole } from "#server/auth/schema.ts";

import { ConflictList } from "./conflict-list.tsx";
import { FolderState } from "./folder-state.tsx";
import { Homes } from "./homes.tsx";
import type { KbStatus } from "./kb.ts";
import { LockTimesSection } from "./lock-times.tsx";
import { OperationList } from "./operation-list.tsx";
import { PushWords } from "./push-words.tsx";
import { Queue } from "./queue.tsx";
import { Repository } from "./repository.tsx";
import { SyncButton } from "./sync-button.tsx";

const FETCH_INTERVAL_MS = 1_000;
/** Until there is a repository, or its first notes are read. */
const START_INTERVAL_MS = 2_000;

/** The repository from close by: how it stands, who writes to it, what was written, and what waits for a person. */
export function SyncPage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const {
    data: kb,
    error,
    refetch,
  } = useQuery(
    trpc.kb.status.queryOptions(
      { spaceId: space.id },
      {
        refetchInterval: ({ state: { data } }) =>
          data?.progress ? FETCH_INTERVAL_MS : data?.headCommit ? false : START_INTERVAL_MS,
      },
    ),
  );
  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <PageHeader
        before={
          <Link
            href={path("knowledge")}
            className="mb-1 inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-3.5" />
            Knowledge
          </Link>
        }
        title="Sync"
        action={kb && <SyncButton kb={kb} />}
      >
        {kb ? (
          <span className="inline-block first-letter:uppercase">
            <PushWords kb={kb} />
          </span>
        ) : (
          "The repository that the notes are kept in"
        )}
      </PageHeader>
      {error && !kb && (
        <div className="px-4 py-4 md:px-6">
          <NotRead title="The repository could not be looked at" error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {kb === undefined && !error && <SkeletonRows rows={5} className="p-6" />}
      {kb === null && (
        <EmptyState icon={GitBranch} title="No repository yet">
          A worker makes it within seconds of its start, and this page shows it then. If it stays like this, no worker
          runs: <code className="font-mono text-sm">npm start</code> brings one.
        </EmptyState>
      )}
      {kb && <Loaded kb={kb} />}
    </div>
  );
}

function Loaded({ kb }: { kb: KbStatus }) {
  const { role } = useSpace();
  return (
    <div className="grid max-w-7xl gap-x-10 gap-y-8 px-4 py-4 md:px-6 xl:grid-cols-aside xl:grid-rows-head">
      <div className="min-w-0 xl:col-start-2">
        <Repository kb={kb} />
      </div>
      <div className="flex min-w-0 flex-col gap-8 xl:row-span-2 xl:row-start-1">
        <Queue />
        <ConflictList />
        <OperationList hasRemote={kb.remote !== null} />
        <LockTimesSection />
      </div>
      <div className="flex min-w-0 flex-col gap-8 xl:col-start-2">
        <FolderState kb={kb} />
        {hasRole(role, "admin") && <Homes kb={kb} />}
      </div>
    </div>
  );
}
