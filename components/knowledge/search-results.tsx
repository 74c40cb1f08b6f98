"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import Link from "next/link";

import { counted } from "#components/review/words.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useSettled } from "#components/ui/use-settled.ts";

/** The notes that contain what was asked for, best first, with the words marked. */
export function SearchResults({ q, shownId }: { q: string; shownId: string | null }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data, error, isPlaceholderData } = useQuery(
    trpc.knowledge.search.queryOptions(
      { spaceId: space.id, query: useSettled(q.trim()) },
      { placeholderData: keepPreviousData },
    ),
  );
  if (error)
    return (
      <Alert tone="danger" className="m-3" title="The search failed">
        {messageOf(error)}
      </Alert>
    );
  if (!data) return <SkeletonRows rows={4} className="p-4" />;
  if (data.items.length === 0 && !isPlaceholderData) {
    return (
      <EmptyState icon={SearchX} title="Nothing found">
        No note has these words. Try fewer of them.
      </EmptyState>
    );
  }
  return (
    <>
      <p role="status" className="px-4 pt-2 text-sm text-muted">
        {counted(data.items.length, "note")} found
      </p>
      <ul className={cn("py-1", isPlaceholderData && "opacity-60")}>
        {data.items.map((note) => (
          <li key={note.id}>
            <Link
              href={path(`knowledge/${note.id}?q=${encodeURIComponent(q)}`)}
              aria-current={note.id === shownId ? "page" : undefined}
              className={cn(
                "block border-l-2 border-l-transparent px-4 py-2 -outline-offset-2",
                note.id === shownId ? "border-l-accent bg-selected" : "hover:bg-hover",
              )}
            >
              <span className="font-medium">{note.title}</span>
              <span className="line-clamp-2 text-sm text-soft">
                {note.snippet.map((piece, index) =>
                  piece.isMatch ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
                )}
              </span>
              <span className="text-xs text-muted">
                {note.type}
                {note.topic && ` · ${note.topic}`}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
