"use client";

import { useQuery } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import Link from "next/link";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { Alert } from "#components/ui/alert.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { focusOnMount } from "#components/ui/focus-on-mount.ts";
import { Age } from "#components/ui/time.tsx";
import { ConflictChoice } from "#server/kb/schema.ts";

import type { Conflict, Operation } from "./kb.ts";
import { committedInWords } from "./operation-news.tsx";
import { Versions } from "./versions.tsx";
import { CHOSEN_WORDS } from "./words.ts";

/** What was decided about a conflict, by whom, and how far that is; both versions can still be read. */
export function ConflictOutcome({
  conflict,
  resolution,
  takesFocus,
}: {
  conflict: Conflict;
  resolution: Operation | null | undefined;
  takesFocus: boolean;
}) {
  return (
    <div
      ref={takesFocus ? focusOnMount : undefined}
      className="min-h-0 flex-1 overflow-y-auto"
      tabIndex={0}
      role="group"
      aria-label="The conflict in full"
    >
      <div className="flex max-w-7xl flex-col gap-6 px-4 py-4 md:px-6">
        <State conflict={conflict} resolution={resolution} />
        {conflict.files.map((file) => (
          <section key={file.path} className="flex flex-col gap-2">
            <h2 className="flex flex-wrap items-baseline gap-x-3">
              <code className="font-mono text-sm break-all">{file.path}</code>
              <span className="font-normal text-muted">{chosenInWords(file.choice)}</span>
            </h2>
            <Versions conflict={conflict} file={file} />
            <NoteLink path={file.path} />
          </section>
        ))}
      </div>
    </div>
  );
}

function State({ conflict, resolution }: { conflict: Conflict; resolution: Operation | null | undefined }) {
  const { user } = useSpace();
  const who = conflict.resolvedBy === user.name ? "You" : (conflict.resolvedBy ?? "Someone");
  if (conflict.status !== "resolved") {
    return (
      <div className="flex items-start gap-2.5 rounded-md bg-sunken px-3 py-2.5">
        <LoaderCircle aria-hidden className="mt-0.5 size-4 shrink-0 animate-spin text-muted" />
        <p role="status">
          {who} decided it. {resolution?.status === "running" ? "It is being written…" : "It waits for its turn…"}
        </p>
      </div>
    );
  }
  return (
    <Alert
      tone="success"
      title={
        <>
          {who} decided it
          {conflict.resolvedAt && (
            <>
              {" "}
              <Age at={conflict.resolvedAt} inWords />
            </>
          )}
        </>
      }
      action={<NextConflict except={conflict.id} />}
    >
      {resolution
        ? `${committedInWords(resolution)}, in the names of ${[...new Set([conflict.ourAuthor, conflict.theirAuthor])].join(" and ")}.`
        : "Theirs stays as it stands, so nothing had to be written."}
    </Alert>
  );
}

/** The way to the next conflict that waits, where one does. */
function NextConflict({ except }: { except: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data } = useQuery(trpc.kb.conflicts.queryOptions({ spaceId: space.id }));
  const next = data?.items.find((each) => each.status === "open" && each.id !== except);
  return next ? (
    <Link href={path(`knowledge/conflicts/${next.id}`)} className={buttonStyle({ size: "sm" })}>
      Next conflict
    </Link>
  ) : null;
}

/** To the note that a file is, where it still is one. */
function NoteLink({ path: file }: { path: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: tree } = useQuery(trpc.knowledge.tree.queryOptions({ spaceId: space.id }));
  const note = tree?.folders.flatMap((folder) => folder.notes).find((each) => each.path === file);
  return note ? (
    <Link
      href={path(`knowledge/${note.id}`)}
      className="inline-flex min-h-6 items-center self-start text-accent-ink underline underline-offset-2"
    >
      Open the note as it is now
    </Link>
  ) : null;
}

function chosenInWords(choice: string | null): string {
  const known = ConflictChoice.safeParse(choice).data;
  return known ? CHOSEN_WORDS[known] : "";
}
