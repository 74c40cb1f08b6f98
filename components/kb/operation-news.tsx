"use client";

import { useQuery } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Alert } from "#components/ui/alert.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Said } from "#components/ui/said.tsx";

import { type Operation, shortHash } from "./kb.ts";
import { RetryButton } from "./retry-button.tsx";
import { useOperation } from "./use-writing.ts";

/** What becomes of something that was asked for: its place in the queue, the commit, or why there is none and what to do. */
export function OperationNews({ operationId, className }: { operationId: string; className?: string }) {
  const path = useSpacePath();
  const operation = useOperation(operationId);
  if (operation === undefined) return <Waiting words="Asked for…" className={className} />;
  if (operation === null) return <Alert title="There was nothing to change" className={className} />;
  switch (operation.status) {
    case "queued":
      return <InQueue className={className} />;
    case "running":
      return <Waiting words="Writing it…" className={className} />;
    case "committed":
    case "pushed":
      return (
        <Alert tone="success" title={committedInWords(operation)} className={className}>
          {operation.status === "committed" && "It goes to the remote with the next push, where one is set."}
        </Alert>
      );
    case "conflicted":
      return (
        <Alert
          tone="warning"
          title={`${operation.kind === "revert" ? "It was changed since" : "Someone was quicker"}: both versions are kept, and wait for a choice`}
          className={className}
          action={
            operation.conflictId && (
              <Link
                href={path(`knowledge/conflicts/${operation.conflictId}`)}
                className={buttonStyle({ variant: "primary", size: "sm" })}
              >
                Look at both
              </Link>
            )
          }
        >
          What stood there meanwhile cannot be joined with this by itself. Nothing was overwritten, nothing is lost.
        </Alert>
      );
    case "failed":
      return (
        <Alert
          tone="danger"
          title="It was not written"
          className={className}
          action={<RetryButton operation={operation} />}
        >
          {operation.failure && <Said text={operation.failure} />}
        </Alert>
      );
  }
}

/** "Committed as 0123abcd and pushed" */
export function committedInWords({ status, commitHash }: Pick<Operation, "status" | "commitHash">): string {
  const commit = commitHash ? ` as ${shortHash(commitHash)}` : "";
  return `Committed${commit}${status === "pushed" ? " and pushed" : ""}`;
}

function InQueue({ className }: { className?: string | undefined }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useQuery(trpc.kb.queue.queryOptions({ spaceId: space.id }, { refetchInterval: 1_000 }));
  const place = data?.myPlace;
  return (
    <Waiting
      className={className}
      words={place ? `Waiting for its turn: you are number ${place} in the queue.` : "Waiting for its turn…"}
    />
  );
}

function Waiting({ words, className }: { words: string; className?: string | undefined }) {
  return (
    <div className={className}>
      <p role="status" className="flex items-center gap-2 text-sm text-soft">
        <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-muted" />
        {words}
      </p>
    </div>
  );
}
