"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, GitBranch } from "lucide-react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Age } from "#components/ui/time.tsx";

import { type KbStatus, shortHash } from "./note.ts";

/** How the repository stands, in one line: branch, newest commit, and whether it was pushed or why not. */
export function KbLine() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data: kb, error } = useQuery(trpc.kb.status.queryOptions({ spaceId: space.id }));
  if (error) return <p className="text-sm text-danger">{messageOf(error)}</p>;
  if (!kb) return <p className="text-sm text-muted">Looking at the repository…</p>;
  return (
    <div className="text-sm text-muted">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <GitBranch aria-hidden className="size-3.5 shrink-0" />
        <span className="text-soft">{kb.branch}</span>
        {kb.headCommit ? (
          <code className="font-mono text-xs text-soft">{shortHash(kb.headCommit)}</code>
        ) : (
          <span>no commit yet</span>
        )}
        <span>
          <PushWords kb={kb} />
        </span>
      </p>
      {kb.pushFailure && (
        <p className="mt-0.5 flex items-start gap-1 text-warning">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 break-words">{kb.pushFailure}</span>
        </p>
      )}
    </div>
  );
}

/** Committed and pushed are told apart. */
export function PushWords({ kb }: { kb: KbStatus }) {
  if (kb.remote === null) return "local only, no remote is set";
  if (kb.isPushed && kb.pushedAt) {
    return (
      <>
        pushed <Age at={kb.pushedAt} inWords />
      </>
    );
  }
  if (kb.pushFailure) return kb.unpushed === 1 ? "1 commit not pushed" : `${kb.unpushed} commits not pushed`;
  return kb.headCommit ? "being pushed" : "nothing to push yet";
}
