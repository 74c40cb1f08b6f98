"use client";

import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { useState } from "react";

import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpacePath } from "#components/shell/space.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Said } from "#components/ui/said.tsx";
import { Age } from "#components/ui/time.tsx";
import { formatDuration } from "#components/ui/time-format.ts";

import { type Operation, shortHash } from "./kb.ts";
import { RetryButton } from "./retry-button.tsx";
import { RevertDialog } from "./revert-dialog.tsx";
import { kindInWords, STATUS_WORDS } from "./words.ts";

/** One unit of work: what it did and for whom, its commit, how long it took, and what can be done where it failed. */
export function OperationRow({ operation, hasRemote }: { operation: Operation; hasRemote: boolean }) {
  const { tone, label } = STATUS_WORDS[operation.status];
  const isOnlyHere = operation.status === "committed" && hasRemote;
  return (
    <li className="flex flex-col gap-0.5 border-b px-1 py-2">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate">
          <Subject operation={operation} />
        </p>
        <Badge tone={isOnlyHere ? "warning" : tone}>{isOnlyHere ? "committed, not pushed" : label}</Badge>
        <Age
          at={operation.committedAt ?? operation.queuedAt}
          className="w-14 shrink-0 text-right text-xs text-muted max-sm:hidden"
        />
      </div>
      <Details operation={operation} />
      {(operation.failure || operation.conflictId) && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          {operation.failure && (
            <p className={operation.status === "failed" ? "text-sm text-danger" : "text-sm text-warning"}>
              <Said text={operation.failure} />
            </p>
          )}
          <Actions operation={operation} />
        </div>
      )}
    </li>
  );
}

function Subject({ operation: { proposalId, subject } }: { operation: Operation }) {
  const path = useSpacePath();
  if (!proposalId) return subject;
  return (
    <Link href={path(`review?proposal=${proposalId}`)} className="py-0.5 hover:underline">
      {subject}
    </Link>
  );
}

function Actions({ operation }: { operation: Operation }) {
  const path = useSpacePath();
  return (
    <>
      {operation.conflictId ? (
        <Link href={path(`knowledge/conflicts/${operation.conflictId}`)} className={buttonStyle({ size: "sm" })}>
          Choose what stands
        </Link>
      ) : (
        <RetryButton operation={operation} />
      )}
    </>
  );
}

/** For whom, from which commit to which, which files, and how long it waited for the lock and held it. */
function Details({ operation }: { operation: Operation }) {
  const { baseCommit, commitHash, files, queuedAt, startedAt, finishedAt, attempts } = operation;
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 text-sm text-muted tabular-nums">
      <span>
        {kindInWords(operation.kind)}, for {operation.for}
      </span>
      {commitHash && (
        <span className="inline-flex items-center gap-1">
          {baseCommit && (
            <>
              <code className="font-mono text-xs">{shortHash(baseCommit)}</code>
              <ArrowRight aria-label="to" className="size-3" />
            </>
          )}
          <code className="font-mono text-xs text-soft">{shortHash(commitHash)}</code>
        </span>
      )}
      {startedAt && (
        <span>
          waited {formatDuration(Math.max(0, startedAt.getTime() - queuedAt.getTime()))}
          {finishedAt && <>, held {formatDuration(Math.max(0, finishedAt.getTime() - startedAt.getTime()))}</>}
        </span>
      )}
      {attempts > 1 && <span>{counted(attempts, "attempt")}</span>}
      {files.length > 0 && (
        <details className="min-w-0">
          <summary className="rounded-sm hover:text-ink">{counted(files.length, "file")}</summary>
          <ul className="pb-1">
            {files.map((file) => (
              <li key={file} className="font-mono text-xs break-all">
                {file}
              </li>
            ))}
          </ul>
        </details>
      )}
      {commitHash && !NOT_REVERTED.has(operation.kind) && <Revert operation={{ ...operation, commitHash }} />}
    </div>
  );
}

/** Commits of others are theirs to take back. */
const NOT_REVERTED: ReadonlySet<string> = new Set(["sync", "start"]);

function Revert({ operation }: { operation: Operation & { commitHash: string } }) {
  const readOnly = useReadOnlyReason();
  const [isAsked, setAsked] = useState(false);
  const { commitHash: hash, subject, files } = operation;
  if (readOnly) return null;
  return (
    <>
      <Button variant="quiet" size="inline" aria-label={`Revert: ${subject}`} onClick={() => setAsked(true)}>
        Revert
      </Button>
      {isAsked && (
        <RevertDialog
          commit={{ hash, subject }}
          path={files.find((file) => !/(^|\/)index\.md$/.test(file))}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
