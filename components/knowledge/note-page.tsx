"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, FileX } from "lucide-react";
import Link from "next/link";
import { useQueryStates } from "nuqs";
import { type ReactNode, useCallback } from "react";

import { useCommands } from "#components/shell/commands.tsx";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf, statusOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";

import { type Note, noteLinks } from "./note.ts";
import { NoteBlame } from "./note-blame.tsx";
import { NoteEdit } from "./note-edit.tsx";
import { NoteHistory } from "./note-history.tsx";
import { NoteMenu } from "./note-menu.tsx";
import { NoteText } from "./note-text.tsx";
import { Trust } from "./trust.tsx";
import { noteParams, type View, VIEWS } from "./view.ts";

const VIEW_WORDS = { read: "Text", history: "History", blame: "Blame", edit: "Edit" } as const satisfies Record<
  View,
  string
>;

/** One note: what it says and rests on, its history, who wrote each line, and the place to change it. */
export function NotePage({ noteId }: { noteId: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: note, error, refetch } = useQuery(trpc.knowledge.note.queryOptions({ spaceId: space.id, noteId }));
  const back = (
    <Button variant="ghost" size="icon" asChild className="-ml-2 lg:hidden">
      <Link href={path("knowledge")} aria-label="Back to all notes">
        <ArrowLeft />
      </Link>
    </Button>
  );
  if (statusOf(error) === 404) return <Gone back={back} error={error} />;
  if (error && !note) {
    return (
      <div className="flex flex-col gap-2 p-4">
        {back}
        <NotRead title="This note could not be shown" error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (!note) return <SkeletonRows rows={5} className="p-6" />;
  return <LoadedNote key={note.id} note={note} back={back} />;
}

function LoadedNote({ note, back }: { note: Note; back: ReactNode }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: tree } = useQuery(trpc.knowledge.tree.queryOptions({ spaceId: space.id }));
  const [{ view, commit, at }, set] = useQueryStates(noteParams);
  const show = useCallback((next: View) => void set({ view: next, commit: null }, { history: "push" }), [set]);
  const toNote = noteLinks(tree, (id) => path(`knowledge/${id}`));
  const linkTo = (target: string) =>
    target.startsWith("/media/") ? `/api/media/${space.id}${target}` : toNote(target);
  useCommands({
    noteRead: () => show("read"),
    noteHistory: () => show("history"),
    noteBlame: () => show("blame"),
    edit: () => show("edit"),
  });

  return (
    <article className="h-full overflow-y-auto scrollbar-gutter-stable">
      <div className="mx-auto max-w-6xl px-4 py-4 md:px-6">
        <header className="flex items-start gap-2">
          {back}
          <div className="min-w-0 flex-1">
            <h1 className="text-xl font-semibold text-balance break-words">{note.title}</h1>
            <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
              <Badge tone="outline">{note.type}</Badge>
              {note.topic &&
                (note.topicId ? (
                  <Link
                    href={path(`knowledge/topics/${note.topicId}`)}
                    className="inline-flex min-h-6 items-center underline underline-offset-2"
                  >
                    {note.topic}
                  </Link>
                ) : (
                  <span>{note.topic}</span>
                ))}
              <Trust note={note} />
            </p>
          </div>
          <NoteMenu note={note} />
        </header>
        <StandingBanner note={note} linkTo={toNote} />
        {note.conflictId && <ConflictBanner conflictId={note.conflictId} />}
        <Tabs
          value={view}
          activationMode="manual"
          onValueChange={(next) => {
            const chosen = VIEWS.find((each) => each === next);
            if (chosen) show(chosen);
          }}
          className="mt-3"
        >
          <TabsList aria-label="The note as">
            {VIEWS.map((each) => (
              <TabsTrigger key={each} value={each}>
                {VIEW_WORDS[each]}
              </TabsTrigger>
            ))}
          </TabsList>
          <TabsContent value="read">
            <NoteText note={note} at={at} linkTo={linkTo} onEdit={() => show("edit")} />
          </TabsContent>
          <TabsContent value="history">
            <NoteHistory note={note} chosen={commit} onChoose={(hash) => void set({ commit: hash })} />
          </TabsContent>
          <TabsContent value="blame">
            <NoteBlame note={note} />
          </TabsContent>
          <TabsContent value="edit">
            <NoteEdit note={note} linkTo={linkTo} onClose={() => show("read")} />
          </TabsContent>
        </Tabs>
      </div>
    </article>
  );
}

/** Whether the note still holds, where that is in doubt. */
function StandingBanner({ note, linkTo }: { note: Note; linkTo: (path: string) => string | null }) {
  if (note.status === "deprecated") {
    const successor = note.supersededBy && linkTo(note.supersededBy);
    return (
      <Alert
        tone="warning"
        className="mt-3"
        title="This is no longer so"
        action={
          successor && (
            <Link href={successor} className={buttonStyle({ size: "sm" })}>
              See what holds now
            </Link>
          )
        }
      >
        It was approved once and is kept for its history. Search shows it after what holds.
      </Alert>
    );
  }
  if (!note.isStale) return null;
  return (
    <Alert tone="warning" className="mt-3" title="It is time to look at this again">
      It was written to be checked from {note.staleAfter} on. An edit that names a later day settles it.
    </Alert>
  );
}

/** Another version of the note waits for a person. */
function ConflictBanner({ conflictId }: { conflictId: string }) {
  const path = useSpacePath();
  return (
    <Alert
      tone="warning"
      className="mt-3"
      title="Another version of this note waits for a choice"
      action={
        <Link
          href={path(`knowledge/conflicts/${conflictId}`)}
          className={buttonStyle({ variant: "primary", size: "sm" })}
        >
          Choose
        </Link>
      }
    >
      Two people changed the same place. What you see here stands until someone chooses.
    </Alert>
  );
}

/** The note was taken back, deleted or moved by hand while somebody had its address. */
function Gone({ back, error }: { back: ReactNode; error: unknown }) {
  const path = useSpacePath();
  return (
    <div className="h-full overflow-y-auto">
      <div className="p-2">{back}</div>
      <EmptyState
        icon={FileX}
        title="This note is gone"
        action={
          <>
            <Link href={path("knowledge/sync")} className={buttonStyle({})}>
              See what was written last
            </Link>
            <Link href={path("review")} className={buttonStyle({})}>
              Go to Review
            </Link>
          </>
        }
      >
        {messageOf(error)} Its commits stay in the history.
      </EmptyState>
    </div>
  );
}
