"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowLeft, FileX } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useMemo } from "react";

import { operationsInput } from "#components/kb/filters.ts";
import { type Operation, shortHash } from "#components/kb/kb.ts";
import { counted } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf, statusOf } from "#components/trpc/query-client.ts";
import { buttonStyle } from "#components/ui/button-style.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Moment } from "#components/ui/time.tsx";

import { type ChangedFile, lineCounts } from "./changed-file.ts";
import { noteLinks } from "./note.ts";
import { FileChange } from "./note-commit.tsx";

/** What one commit did, file by file, whoever made it: where a result of the assistant leads. */
export function CommitPage({ commitHash }: { commitHash: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(
    trpc.knowledge.commit.queryOptions({ spaceId: space.id, commitHash }, { staleTime: Infinity }),
  );
  if (data) return <Loaded commitHash={commitHash} files={data.files} />;
  if (!error) return <SkeletonRows rows={5} className="p-6" />;
  const status = statusOf(error);
  if (status === 404 || status === 400) return <NoSuchCommit error={error} />;
  return (
    <div className="flex flex-col gap-3 p-4 md:p-6">
      <BackLink />
      <NotRead title="The commit could not be read" error={error} onRetry={() => void refetch()} />
    </div>
  );
}

function Loaded({ commitHash, files }: { commitHash: string; files: ChangedFile[] }) {
  const operation = useOperationOf(commitHash);
  const counts = useMemo(() => files.map(lineCounts), [files]);
  const total = {
    added: counts.reduce((sum, { added }) => sum + added, 0),
    removed: counts.reduce((sum, { removed }) => sum + removed, 0),
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        before={<BackLink />}
        title={<span className="break-words">{operation?.subject ?? `Commit ${shortHash(commitHash)}`}</span>}
      >
        <span className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
          {operation && <span>{operation.for}</span>}
          {operation?.committedAt && <Moment at={operation.committedAt} />}
          <code className="font-mono text-xs break-all select-all">{commitHash}</code>
          <span className="inline-flex gap-2">
            {counted(files.length, "file")} <Lines {...total} />
          </span>
        </span>
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-4xl flex-col gap-6 px-4 py-4 md:px-6">
          {files.length === 0 && (
            <p className="text-muted">It joins two lines of history or changes lists alone, and no note itself.</p>
          )}
          {files.map((file, index) => (
            <ChangedFileSection key={file.path} file={file} counts={counts[index]} />
          ))}
        </div>
      </div>
    </div>
  );
}

function ChangedFileSection({
  file,
  counts,
}: {
  file: ChangedFile;
  counts: ReturnType<typeof lineCounts> | undefined;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: tree } = useQuery(trpc.knowledge.tree.queryOptions({ spaceId: space.id }));
  const href = noteLinks(tree, (id) => path(`knowledge/${id}`))(`/${file.path}`);
  return (
    <section>
      <div className="mb-1.5 flex flex-wrap items-baseline gap-x-3">
        <h2 className="min-w-0 font-mono text-sm break-all">
          {href ? (
            <Link href={href} className="text-accent-ink underline underline-offset-2">
              {file.path}
            </Link>
          ) : (
            file.path
          )}
        </h2>
        {counts && <Lines {...counts} />}
      </div>
      <FileChange file={file} />
    </section>
  );
}

/** How many lines came and went. */
function Lines({ added, removed }: { added: number; removed: number }) {
  return (
    <span className="inline-flex gap-1.5 text-sm tabular-nums">
      <span className="text-success">
        <span aria-hidden>+{added}</span>
        <span className="sr-only">{counted(added, "line")} added,</span>
      </span>
      <span className="text-danger">
        <span aria-hidden>−{removed}</span>
        <span className="sr-only">{counted(removed, "line")} removed</span>
      </span>
    </span>
  );
}

function NoSuchCommit({ error }: { error: unknown }) {
  const path = useSpacePath();
  return (
    <div className="h-full overflow-y-auto">
      <h1 className="sr-only">Commit</h1>
      <div className="p-4">
        <BackLink />
      </div>
      <EmptyState
        icon={FileX}
        title="There is no such commit here"
        action={
          <Link href={path("knowledge/sync")} className={buttonStyle({})}>
            See what was written last
          </Link>
        }
      >
        {messageOf(error)}
      </EmptyState>
    </div>
  );
}

function BackLink(): ReactNode {
  const path = useSpacePath();
  return (
    <Link href={path("knowledge")} className="inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink">
      <ArrowLeft aria-hidden className="size-4" />
      Knowledge
    </Link>
  );
}

/** What Winnow noted of the commit when it made it; undefined for older ones, and for those of others. */
function useOperationOf(commitHash: string): Operation | undefined {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useInfiniteQuery(
    trpc.kb.operations.infiniteQueryOptions(operationsInput(space.id, null), {
      getNextPageParam: (page) => page.nextCursor,
    }),
  );
  return data?.pages.flatMap((page) => page.items).find((operation) => operation.commitHash === commitHash);
}
