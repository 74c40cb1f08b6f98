"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { useState } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

import { ConflictForm } from "./conflict-form.tsx";
import { ConflictOutcome } from "./conflict-outcome.tsx";
import type { Conflict } from "./kb.ts";
import { useOperation } from "./use-writing.ts";
import { sourceInWords } from "./words.ts";

const WRITING_INTERVAL_MS = 1_000;

/** Two versions of files that could not be made one: what each side says, and the choice between them. */
export function ConflictPage({ conflictId }: { conflictId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const {
    data: conflict,
    error,
    refetch,
  } = useQuery(
    trpc.kb.conflict.queryOptions(
      { spaceId: space.id, conflictId },
      {
        refetchInterval: ({ state: { data } }) =>
          data?.status === "open" && data.resolutionId ? WRITING_INTERVAL_MS : false,
      },
    ),
  );
  if (!conflict) {
    return error ? (
      <div className="flex flex-col gap-3 p-4 md:p-6">
        <BackLink />
        <NotRead title="This conflict could not be shown" error={error} onRetry={() => void refetch()} />
      </div>
    ) : (
      <SkeletonRows rows={5} className="p-6" />
    );
  }
  return <LoadedConflict key={conflict.id} conflict={conflict} />;
}

function LoadedConflict({ conflict }: { conflict: Conflict }) {
  const path = useSpacePath();
  const resolution = useOperation(conflict.resolutionId);
  const isRefused = resolution?.status === "failed" || resolution?.status === "conflicted";
  // Whoever decided on this page is taken along to what came of it.
  const [isDecidedHere, setDecidedHere] = useState(false);
  const isOpen = conflict.status === "open" && (conflict.resolutionId === null || isRefused);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        before={<BackLink />}
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="min-w-0 break-words">{conflict.subject}</span>
            <Badge tone={conflict.status === "resolved" ? "success" : "warning"}>
              {conflict.status === "resolved" ? "resolved" : isOpen ? "open" : "being written"}
            </Badge>
          </span>
        }
        action={
          conflict.proposalId && (
            <Button asChild>
              <Link href={path(`review?proposal=${conflict.proposalId}`)}>See the proposal</Link>
            </Button>
          )
        }
      >
        {conflict.ourAuthor === conflict.theirAuthor
          ? `${conflict.ourAuthor} changed the same place twice`
          : `${conflict.ourAuthor} and ${conflict.theirAuthor} changed the same place`}
        ; found <Age at={conflict.createdAt} inWords />, {sourceInWords(conflict.source)}
      </PageHeader>
      {isOpen ? (
        <ConflictForm
          conflict={conflict}
          refusal={isRefused ? (resolution?.failure ?? null) : null}
          onDecided={() => setDecidedHere(true)}
        />
      ) : (
        <ConflictOutcome conflict={conflict} resolution={resolution} takesFocus={isDecidedHere} />
      )}
    </div>
  );
}

function BackLink() {
  const path = useSpacePath();
  return (
    <Link
      href={path("knowledge/sync#conflicts")}
      className="mb-1 inline-flex min-h-6 items-center gap-1 self-start text-sm text-muted hover:text-ink"
    >
      <ArrowLeft aria-hidden className="size-3.5" />
      Sync
    </Link>
  );
}
