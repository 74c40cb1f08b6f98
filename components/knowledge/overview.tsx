"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge, type BadgeTone } from "#components/ui/badge.tsx";
import { FactList } from "#components/ui/fact-list.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

import { PushWords } from "./kb-line.tsx";
import { type KbStatus, shortHash } from "./note.ts";

type Operation = KbStatus["operations"][number];

const OPERATION_WORDS = {
  queued: { label: "queued", tone: "neutral" },
  running: { label: "writing", tone: "accent" },
  committed: { label: "committed", tone: "success" },
  pushed: { label: "pushed", tone: "success" },
  conflicted: { label: "needs a person", tone: "danger" },
  failed: { label: "failed", tone: "danger" },
} as const satisfies Record<Operation["status"], { label: string; tone: BadgeTone }>;

/** How the repository stands and what was written to it last. */
export function KnowledgeOverview() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data: kb, error } = useQuery(trpc.kb.status.queryOptions({ spaceId: space.id }));
  if (error) {
    return (
      <div className="p-6">
        <Alert tone="danger" title="The repository could not be looked at">
          {messageOf(error)}
        </Alert>
      </div>
    );
  }
  if (!kb) return <SkeletonRows rows={4} className="p-6" />;
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-4 md:px-6">
        <section>
          <h2 className="mb-2 text-lg font-semibold">The repository</h2>
          <FactList
            facts={[
              { name: "Branch", value: kb.branch },
              {
                name: "Newest",
                value: kb.headCommit ? (
                  <code className="font-mono text-sm break-all">{kb.headCommit}</code>
                ) : (
                  "no commit yet"
                ),
              },
              {
                name: "Remote",
                value: kb.remote ?? "none: set KB_GIT_REMOTE to push notes to a git server as well",
              },
              { name: "Push", value: kb.remote && <PushWords kb={kb} /> },
            ]}
          />
          {kb.pushFailure && (
            <Alert tone="warning" className="mt-3" title="Committed, but not pushed">
              {kb.pushFailure}
            </Alert>
          )}
          {kb.leftAlone.length > 0 && (
            <Alert className="mt-3" title="Changed by hand, and left as it is">
              {kb.leftAlone.join(", ")}
            </Alert>
          )}
        </section>
        <section>
          <h2 className="mb-2 text-lg font-semibold">Last written</h2>
          {kb.operations.length === 0 ? (
            <p className="text-muted">Nothing yet. Each approval is one commit, and is listed here.</p>
          ) : (
            <ol className="border-t">
              {kb.operations.map((operation) => (
                <OperationRow key={operation.id} operation={operation} />
              ))}
            </ol>
          )}
        </section>
      </div>
    </div>
  );
}

function OperationRow({ operation }: { operation: Operation }) {
  const path = useSpacePath();
  const words = OPERATION_WORDS[operation.status];
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b py-1.5">
      {operation.proposalId ? (
        <Link
          href={path(`review?proposal=${operation.proposalId}`)}
          className="min-w-0 flex-1 truncate py-0.5 hover:underline"
        >
          {operation.subject}
        </Link>
      ) : (
        <span className="min-w-0 flex-1 truncate">{operation.subject}</span>
      )}
      {operation.commitHash && <code className="font-mono text-xs text-muted">{shortHash(operation.commitHash)}</code>}
      <Badge tone={words.tone}>{words.label}</Badge>
      <Age at={operation.committedAt ?? operation.queuedAt} className="w-14 text-right text-xs text-muted" />
      {operation.failure && <p className="w-full text-sm text-danger">{operation.failure}</p>}
    </li>
  );
}
