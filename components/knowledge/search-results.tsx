"use client";

import { SearchX } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { KeyboardEvent } from "react";

import { counted } from "#components/review/words.ts";
import { useSpacePath } from "#components/shell/space.tsx";
import type { Outputs } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { NO_FILTERS } from "./search-params.ts";
import { useNoteSearch } from "./use-search.ts";

type Found = Outputs["knowledge"]["search"]["items"][number];

/** Where a note was not found by all of its words, how it was. */
const HOW_WORDS: Record<Found["how"][number], string | null> = {
  words: null,
  filters: null,
  "some words": "has some of the words",
  spelling: "is spelled nearly the same",
  meaning: "means the same",
};

/** What leads to the sources in a file, and says nothing in a line or two cut out of it. */
const FOOTNOTES = /(?:Evidence: )?\[\^\w+\]:?\s*/gu;

/** The notes that have what was asked for and that the filters leave, best first, with the words marked. */
export function SearchResults({ shownId }: { shownId: string | null }) {
  const { data, error, isPlaceholderData, fetchNextPage, hasNextPage, isFetchingNextPage, set, hasFilters } =
    useNoteSearch();
  const [first] = data?.pages ?? [];
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const isNothing = first !== undefined && first.total === 0 && items.length === 0 && !isPlaceholderData;
  return (
    <>
      {error && (
        <Alert tone="danger" className="m-3" title="The search failed">
          {messageOf(error)}
        </Alert>
      )}
      {!first && !error && <SkeletonRows rows={4} className="p-4" />}
      {first?.suggestion && !isPlaceholderData && (
        <p className="px-4 pt-2 text-sm">
          No note has all of these words. Did you mean{" "}
          <button
            type="button"
            className="min-h-6 text-accent-ink underline underline-offset-2"
            onClick={() => void set({ q: first.suggestion })}
          >
            {first.suggestion}
          </button>
          ?
        </p>
      )}
      {isNothing && (
        <EmptyState
          icon={SearchX}
          title="Nothing found"
          action={hasFilters && <Button onClick={() => void set(NO_FILTERS)}>Clear the filters</Button>}
        >
          {hasFilters
            ? "No note has these words and is what the filters ask for."
            : "No note has these words. Try fewer of them, or another word for the same."}
        </EmptyState>
      )}
      {items.length > 0 && (
        <>
          <p role="status" className="px-4 pt-2 text-sm text-muted">
            {counted(first?.total ?? 0, "note")} found
          </p>
          <ul className={cn("py-1", isPlaceholderData && "opacity-60")}>
            {items.map((note) => (
              <Result key={note.id} note={note} isShown={note.id === shownId} />
            ))}
          </ul>
          {hasNextPage && (
            <Button size="sm" className="mx-4 mb-3" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show more
            </Button>
          )}
        </>
      )}
    </>
  );
}

function Result({ note, isShown }: { note: Found; isShown: boolean }) {
  const path = useSpacePath();
  // The note is shown beside the same search.
  const search = useSearchParams().toString();
  const how = note.how.flatMap((each) => HOW_WORDS[each] ?? []);
  return (
    <li>
      <Link
        href={path(`knowledge/${note.id}?${search}`)}
        data-result
        onKeyDown={moveFocus}
        aria-current={isShown ? "page" : undefined}
        className={cn(
          "block border-l-2 border-l-transparent px-4 py-2 -outline-offset-2",
          isShown ? "border-l-accent bg-selected" : "hover:bg-hover",
        )}
      >
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{note.title}</span>
          {note.status === "deprecated" && <Badge tone="warning">no longer so</Badge>}
          {note.status === "draft" && <Badge>draft</Badge>}
          {note.isStale && note.status !== "deprecated" && <Badge tone="warning">stale</Badge>}
        </span>
        <span className="line-clamp-2 text-sm text-soft">
          {note.snippet.map((piece, index) =>
            piece.isMatch ? (
              <mark key={index}>{piece.text}</mark>
            ) : (
              <span key={index}>{piece.text.replaceAll(FOOTNOTES, " ")}</span>
            ),
          )}
        </span>
        <span className="text-xs text-muted">
          {[note.type, note.topic, note.isVerified ? "approved" : "not approved", ...how].filter(Boolean).join(" · ")}
        </span>
      </Link>
    </li>
  );
}

/** Arrows go through the results, as they do through a menu. */
function moveFocus(event: KeyboardEvent<HTMLAnchorElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-result]")];
  const next = links[links.indexOf(event.currentTarget) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
