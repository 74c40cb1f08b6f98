"use client";

import { useQuery } from "@tanstack/react-query";

import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Alert } from "#components/ui/alert.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { FileText } from "#components/ui/word-diff.tsx";

import type { Note } from "./note.ts";
import { NoteEditForm } from "./note-edit-form.tsx";

/** The whole file of a note, to be changed; for whoever may not, to be read. */
export function NoteEdit({
  note,
  linkTo,
  onClose,
}: {
  note: Note;
  linkTo: (path: string) => string | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const { data, error, refetch } = useQuery(trpc.knowledge.source.queryOptions({ spaceId: space.id, noteId: note.id }));
  if (!data) {
    return error ? (
      <NotRead title="The file could not be read" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows rows={4} />
    );
  }
  if (readOnly) {
    return (
      <div className="flex flex-col gap-3">
        <Alert title="You can read the file, not change it">{readOnly}</Alert>
        <FileText label={data.path} className="max-h-none">
          {data.content}
        </FileText>
      </div>
    );
  }
  return <NoteEditForm note={note} source={data} linkTo={linkTo} onClose={onClose} />;
}
