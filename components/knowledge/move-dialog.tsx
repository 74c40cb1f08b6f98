"use client";

import { useId, useState } from "react";

import { committedInWords, OperationNews } from "#components/kb/operation-news.tsx";
import { useWriting } from "#components/kb/use-writing.ts";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

import type { Note } from "./note.ts";

/** Asks for another place of a note's file, and follows the move until it is committed. */
export function MoveDialog({ note, onClose }: { note: Note; onClose: () => void }) {
  const client = useTRPCClient();
  const { space } = useSpace();
  const [to, setTo] = useState(note.path);
  const id = useId();
  const moving = useWriting({
    request: (path: string) => client.knowledge.move.mutate({ spaceId: space.id, noteId: note.id, path }),
    onEnd: (operation) => {
      if (operation?.status === "failed" || operation?.status === "conflicted") return;
      toast.success(operation ? `Moved. ${committedInWords(operation)}.` : "It is not there any more.");
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Move “${note.title}”`}
      description="Links of other notes to it follow. Its history goes along."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={id} variant="primary" isBusy={moving.isPending}>
            Move it
          </Button>
        </>
      }
    >
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          if (!moving.isPending) moving.start(to.trim());
        }}
      >
        <Field
          id={`${id}-path`}
          label="File"
          hint="Folders that do not exist yet are made. It ends in .md"
          error={moving.error ? messageOf(moving.error) : undefined}
        >
          <Input
            id={`${id}-path`}
            value={to}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={moving.error !== null}
            aria-describedby={`${id}-path-help`}
            onChange={(event) => setTo(event.target.value)}
          />
        </Field>
        {moving.operationId && <OperationNews operationId={moving.operationId} className="mt-3" />}
      </form>
    </Dialog>
  );
}
