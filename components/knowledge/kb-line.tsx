"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, GitBranch } from "lucide-react";
import Link from "next/link";

import { ConflictBadge } from "#components/kb/conflict-badge.tsx";
import { FirstFetch } from "#components/kb/first-fetch.tsx";
import { shortHash } from "#components/kb/kb.ts";
import { PushWords } from "#components/kb/push-words.tsx";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Said } from "#components/ui/said.tsx";

/** How the repository stands, in one line that leads to the Sync page: branch, newest commit, and whether it was pushed or why not. */
export function KbLine() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: kb, error } = useQuery(trpc.kb.status.queryOptions({ spaceId: space.id }));
  if (error) return <p className="text-sm text-danger">{messageOf(error)}</p>;
  if (kb === undefined) return <p className="text-sm text-muted">Looking at the repository…</p>;
  const failure = kb?.pushFailure ?? kb?.syncFailure;
  return (
    <div className="text-sm text-muted">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <Link
          href={path("knowledge/sync")}
          className="flex min-h-6 min-w-0 flex-wrap items-center gap-x-2 rounded-sm hover:text-ink hover:underline"
        >
          <GitBranch aria-hidden className="size-3.5 shrink-0" />
          <span className="text-soft">{kb?.branch ?? "Sync"}</span>
          {kb?.headCommit && <code className="font-mono text-xs text-soft">{shortHash(kb.headCommit)}</code>}
          <span>{kb ? <PushWords kb={kb} /> : "no repository yet"}</span>
        </Link>
        {kb && <ConflictBadge count={kb.openConflicts} />}
      </div>
      {kb?.progress && <FirstFetch progress={kb.progress} className="mt-1" />}
      {failure && (
        <p className="mt-0.5 flex items-start gap-1 text-warning">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span className="line-clamp-3 min-w-0 break-words">
            <Said text={failure} />
          </span>
        </p>
      )}
    </div>
  );
}
