"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSelectedLayoutSegment } from "next/navigation";
import { useQueryStates } from "nuqs";
import type { ReactNode } from "react";

import { useCommands } from "#components/shell/commands.tsx";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { cn } from "#components/ui/cn.ts";
import { SearchField } from "#components/ui/search-field.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { GapsLine } from "./gaps.tsx";
import { KbLine } from "./kb-line.tsx";
import { NoteTree } from "./note-tree.tsx";
import { SearchFilters } from "./search-filters.tsx";
import { filtersOf, searchParams } from "./search-params.ts";
import { SearchResults } from "./search-results.tsx";

const SEARCH_ID = "knowledge-search";

/** These are about the repository as a whole, and take the whole width. */
const WITHOUT_NOTES: ReadonlySet<string | null> = new Set(["sync", "conflicts", "commits", "questions", "topics"]);

/** All notes at the side, the chosen one beside them. On phones one of the two. */
export function KnowledgeFrame({ children }: { children: ReactNode }) {
  const segment = useSelectedLayoutSegment();
  return WITHOUT_NOTES.has(segment) ? children : <WithNotes noteId={segment}>{children}</WithNotes>;
}

function WithNotes({ noteId, children }: { noteId: string | null; children: ReactNode }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const [chosen, set] = useQueryStates(searchParams);
  const { data: tree, error, refetch } = useQuery(trpc.knowledge.tree.queryOptions({ spaceId: space.id }));
  useCommands(SEARCH_COMMAND);
  // Beside a note, the note is what the page is about.
  const Heading = noteId === null ? "h1" : "h2";

  return (
    <div className="grid h-full min-h-0 lg:grid-cols-list lg:grid-rows-1">
      <section
        aria-label="Notes"
        className={cn("flex min-h-0 min-w-0 flex-col lg:border-r", noteId !== null && "hidden lg:flex")}
      >
        <div className="flex flex-col gap-2 border-b px-3 py-2">
          <div className="flex items-center gap-3">
            <Heading className="pl-1 text-lg font-semibold">Knowledge</Heading>
            <SearchField
              id={SEARCH_ID}
              label="Search notes"
              className="flex-1"
              value={chosen.q}
              onChange={(next) => void set({ q: next === "" ? null : next })}
            />
          </div>
          <SearchFilters />
          <div className="px-1">
            <KbLine />
            <GapsLine />
            <Link
              href={path("knowledge/topics")}
              className="inline-flex min-h-6 items-center text-sm text-accent-ink underline underline-offset-2"
            >
              Topics and facts
            </Link>
          </div>
        </div>
        <div className="min-h-0 flex-1 overflow-y-auto">
          {chosen.q.trim() !== "" || Object.keys(filtersOf(chosen)).length > 0 ? (
            <SearchResults shownId={noteId} />
          ) : error ? (
            <NotRead
              className="m-3"
              title="The notes could not be listed"
              error={error}
              onRetry={() => void refetch()}
            />
          ) : tree ? (
            <NoteTree tree={tree} shownId={noteId} />
          ) : (
            <SkeletonRows rows={6} className="p-4" />
          )}
        </div>
      </section>
      <div className={cn("min-h-0 min-w-0", noteId === null && "max-lg:hidden")}>{children}</div>
    </div>
  );
}

const SEARCH_COMMAND = {
  search: () => {
    const field = document.getElementById(SEARCH_ID);
    if (field instanceof HTMLInputElement) field.select();
  },
};
