"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight, RotateCcw } from "lucide-react";
import Link from "next/link";
import { useState } from "react";

import { RevertDialog } from "#components/kb/revert-dialog.tsx";
import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { FileText, WordDiff } from "#components/ui/word-diff.tsx";

import type { ChangedFile } from "./changed-file.ts";
import type { Commit, Note } from "./note.ts";

const NOT_OURS = "Winnow did not make this commit, so it does not take it back. In a clone, git revert does.";

/** What one commit did to a note and to others, and what can be done about it. */
export function NoteCommit({ note, commit }: { note: Note; commit: Commit }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const readOnly = useReadOnlyReason();
  const [asksToRevert, setAsksToRevert] = useState(false);
  const { data, error } = useQuery(
    trpc.knowledge.commit.queryOptions({ spaceId: space.id, commitHash: commit.hash }, { staleTime: Infinity }),
  );
  const isNote = (file: ChangedFile) => file.path === (commit.path ?? note.path);
  const here = data?.files.find(isNote);
  // A move takes the file away at one place and puts it down at another: as one change it says what else became of it.
  const left =
    commit.kind === "move" && here?.before === null
      ? data?.files.find((file) => file.after === null && file.before !== null)
      : undefined;
  const others = data?.files.filter((file) => file !== here && file !== left) ?? [];

  return (
    <div className="flex flex-col gap-3 px-1 pt-2 pb-4 sm:pl-7">
      {error && !data && (
        <Alert tone="danger" title="The commit could not be read">
          {messageOf(error)}
        </Alert>
      )}
      {!data && !error && <SkeletonRows rows={2} />}
      {data && data.files.length === 0 && (
        <p className="text-muted">It joins two lines of history, and changes no file itself.</p>
      )}
      {here && (
        <div>
          {left && <p className="mb-1 text-sm break-words text-muted">Moved from {left.path}.</p>}
          <FileChange file={left ? { ...here, before: left.before } : here} />
        </div>
      )}
      {others.length > 0 && (
        <details open={!here}>
          <summary className="min-h-6 rounded-sm text-sm text-muted hover:text-ink">
            {here ? "and " : ""}
            {counted(others.length, here ? "other file" : "file")}
          </summary>
          <div className="mt-2 flex flex-col gap-3">
            {others.map((file) => (
              <div key={file.path}>
                <p className="mb-1 font-mono text-xs break-all text-muted">{file.path}</p>
                <FileChange file={file} />
              </div>
            ))}
          </div>
        </details>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          blockedBecause={readOnly ?? (commit.canRevert ? undefined : NOT_OURS)}
          onClick={() => setAsksToRevert(true)}
        >
          <RotateCcw aria-hidden />
          Revert
        </Button>
        {commit.permalink && (
          <Button size="sm" variant="ghost" asChild>
            <a href={commit.permalink.url} target="_blank" rel="noreferrer noopener">
              See the file on {commit.permalink.host}
              <ArrowUpRight aria-hidden />
            </a>
          </Button>
        )}
        {commit.proposalId && (
          <Button size="sm" variant="ghost" asChild>
            <Link href={path(`review?proposal=${commit.proposalId}`)}>See its proposal</Link>
          </Button>
        )}
      </div>
      {asksToRevert && (
        <RevertDialog
          commit={commit}
          path={commit.path ?? note.path}
          reopens={commit.reopens}
          onClose={() => setAsksToRevert(false)}
        />
      )}
    </div>
  );
}

/** What a commit did to one file: its words, or the whole text where it came or went. */
export function FileChange({ file: { path, before, after } }: { file: ChangedFile }) {
  if (before === null && after === null) return <p className="text-muted">Not a text that can be shown here.</p>;
  if (after === null) {
    return (
      <>
        <p className="mb-1 text-sm text-muted">The file was taken out. It said:</p>
        <FileText label={`${path}, as it was`}>{before}</FileText>
      </>
    );
  }
  if (before === null) {
    return (
      <>
        <p className="mb-1 text-sm text-muted">The file is new:</p>
        <FileText label={`${path}, new`}>{after}</FileText>
      </>
    );
  }
  return (
    <WordDiff before={before} after={after} label={`What changed in ${path}`} same="Nothing in its text changed." />
  );
}
