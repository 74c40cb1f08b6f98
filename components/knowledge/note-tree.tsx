"use client";

import { ChevronDown, ChevronRight, LibraryBig } from "lucide-react";
import Link from "next/link";
import { useId, useState } from "react";

import { useSpacePath } from "#components/shell/space.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Age } from "#components/ui/time.tsx";

import type { Folder, NoteLine, Tree } from "./note.ts";

/** The notes by topic, then the tasks. */
export function NoteTree({ tree, shownId }: { tree: Tree; shownId: string | null }) {
  const path = useSpacePath();
  if (tree.folders.length === 0) {
    return (
      <EmptyState
        icon={LibraryBig}
        title="No notes yet"
        action={
          <Link href={path("review")} className={buttonStyle({ variant: "primary" })}>
            Go to Review
          </Link>
        }
      >
        A proposal that you approve becomes a Markdown note here, with its sources and its commit.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label="Folders" className="py-1">
        {tree.folders.map((folder) => (
          <FolderItem key={folder.path} folder={folder} shownId={shownId} />
        ))}
      </ul>
      {tree.isCut && <p className="px-4 pb-3 text-sm text-muted">Older notes are not listed; search finds them.</p>}
    </>
  );
}

function FolderItem({ folder, shownId }: { folder: Folder; shownId: string | null }) {
  const [isOpen, setOpen] = useState(true);
  const listId = useId();
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <li>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setOpen(!isOpen)}
        className="flex h-8 w-full items-center gap-1.5 px-3 text-left text-sm font-medium text-muted -outline-offset-2 hover:text-ink pointer-coarse:h-10"
      >
        <Icon aria-hidden className="size-3.5 shrink-0" />
        <span className="truncate">{folder.title}</span>
        <span className="ml-auto text-xs tabular-nums">{folder.notes.length}</span>
      </button>
      <ul id={listId} hidden={!isOpen}>
        {folder.notes.map((note) => (
          <NoteItem key={note.id} note={note} isShown={note.id === shownId} />
        ))}
      </ul>
    </li>
  );
}

function NoteItem({ note, isShown }: { note: NoteLine; isShown: boolean }) {
  const path = useSpacePath();
  const state = note.type === "Task" ? (note.state ?? "open") : note.type;
  return (
    <li>
      <Link
        href={path(`knowledge/${note.id}`)}
        aria-current={isShown ? "page" : undefined}
        className={cn(
          "block border-l-2 border-l-transparent py-1.5 pr-3 pl-8 -outline-offset-2",
          isShown ? "border-l-accent bg-selected" : "hover:bg-hover",
        )}
      >
        <span className={cn("line-clamp-2", note.state && note.state !== "open" && "text-muted line-through")}>
          {note.title}
        </span>
        <span className="flex gap-1.5 text-xs text-muted">
          {state}
          <span aria-hidden>·</span>
          <Age at={note.committedAt} />
        </span>
      </Link>
    </li>
  );
}
