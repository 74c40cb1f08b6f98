"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useId } from "react";

import { kindInWords } from "#components/kb/words.ts";
import { shortHash } from "#components/kb/kb.ts";
import { useCommands } from "#components/shell/commands.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { Said } from "#components/ui/said.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";

import type { Commit, Note } from "./note.ts";
import { NoteCommit } from "./note-commit.tsx";

/** As many as the server looks back. */
const MOST_COMMITS = 50;
const rowId = (hash: string) => `commit-${hash}`;

/** Every commit that changed a note, newest first; the chosen one with its changes. */
export function NoteHistory({
  note,
  chosen,
  onChoose,
}: {
  note: Note;
  chosen: string | null;
  onChoose: (hash: string | null) => void;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(
    trpc.knowledge.history.queryOptions({ spaceId: space.id, noteId: note.id }),
  );
  const step = (by: 1 | -1) => () => {
    if (!data || data.items.length === 0) return;
    const at = data.items.findIndex((commit) => commit.hash === chosen);
    const next = data.items[Math.min(Math.max(at + by, 0), data.items.length - 1)];
    if (!next) return;
    onChoose(next.hash);
    document.getElementById(rowId(next.hash))?.focus();
  };
  useCommands({ next: step(1), previous: step(-1) });

  if (!data) {
    return error ? (
      <NotRead title="The history could not be read" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows rows={3} />
    );
  }
  if (data.items.length === 0) return <p className="text-muted">No commit speaks of this file yet.</p>;
  return (
    <>
      <ol className="-mt-3">
        {data.items.map((commit) => (
          <CommitRow
            key={commit.hash}
            note={note}
            commit={commit}
            isOpen={commit.hash === chosen}
            onToggle={() => onChoose(commit.hash === chosen ? null : commit.hash)}
          />
        ))}
      </ol>
      {data.items.length === MOST_COMMITS && (
        <p className="mt-2 text-sm text-muted">
          <Said
            text={`The newest ${MOST_COMMITS} commits. \`git log --follow ${data.path}\` in a clone shows all of them.`}
          />
        </p>
      )}
    </>
  );
}

function CommitRow({
  note,
  commit,
  isOpen,
  onToggle,
}: {
  note: Note;
  commit: Commit;
  isOpen: boolean;
  onToggle: () => void;
}) {
  const bodyId = useId();
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className="border-b">
      <button
        type="button"
        id={rowId(commit.hash)}
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={onToggle}
        className={cn(
          "flex w-full items-start gap-2 px-1 py-2 text-left -outline-offset-2 hover:bg-hover",
          isOpen && "bg-selected hover:bg-selected",
        )}
      >
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
        <span className="min-w-0 flex-1">
          <span className="block break-words">{commit.subject}</span>
          <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm text-muted">
            <span>{commit.author}</span>
            <Age at={commit.committedAt} inWords />
            <code className="font-mono text-xs">{shortHash(commit.hash)}</code>
            {commit.path !== null && commit.path !== note.path && <span className="break-all">as {commit.path}</span>}
          </span>
        </span>
        <span className="flex shrink-0 flex-col items-end gap-1 sm:flex-row">
          {commit.kind && <Badge>{kindInWords(commit.kind)}</Badge>}
          <PushBadge commit={commit} />
        </span>
      </button>
      <div id={bodyId}>{isOpen && <NoteCommit note={note} commit={commit} />}</div>
    </li>
  );
}

/** A commit that Winnow did not make came from the remote, or from the folder. */
function PushBadge({ commit: { isPushed, kind } }: { commit: Commit }) {
  if (kind === null) return <Badge tone="outline">not by Winnow</Badge>;
  if (isPushed === null) return null;
  return isPushed ? <Badge tone="success">pushed</Badge> : <Badge tone="outline">not pushed</Badge>;
}
