"use client";

import { useRouter } from "next/navigation";

import { committedInWords, OperationNews } from "#components/kb/operation-news.tsx";
import { useWriting } from "#components/kb/use-writing.ts";
import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";

import type { Note } from "./note.ts";

/** Asks before a note is taken out, and follows that until it is committed. */
export function DeleteDialog({ note, onClose }: { note: Note; onClose: () => void }) {
  const client = useTRPCClient();
  const router = useRouter();
  const { space } = useSpace();
  const path = useSpacePath();
  const deleting = useWriting({
    request: () => client.knowledge.delete.mutate({ spaceId: space.id, noteId: note.id }),
    onEnd: (operation) => {
      if (operation?.status === "failed" || operation?.status === "conflicted") return;
      toast.success(operation ? `Deleted. ${committedInWords(operation)}.` : "It was gone already.");
      onClose();
      router.push(path("knowledge"));
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={`Delete “${note.title}”?`}
      description={note.path}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" isBusy={deleting.isPending} onClick={() => deleting.start(undefined)}>
            Delete it
          </Button>
        </>
      }
    >
      <p>
        A commit in your name takes the file out, for everyone who has a clone too. It stays in the history: reverting
        that commit on the Sync page brings it back. Links of other notes to it lead nowhere then.
      </p>
      {deleting.error && (
        <Alert tone="danger" className="mt-3" title="It was not deleted">
          {messageOf(deleting.error)}
        </Alert>
      )}
      {deleting.operationId && <OperationNews operationId={deleting.operationId} className="mt-3" />}
    </Dialog>
  );
}
