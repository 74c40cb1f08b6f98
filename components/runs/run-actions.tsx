"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";

import { type Run, whyNotClosed } from "./run.ts";
import { RUN_WORDS } from "./words.ts";

/** What can be done with a run in its state. What cannot be done yet says why. */
export function RunActions({ run }: { run: Run }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const [asksToCancel, setAsksToCancel] = useState(false);
  const options = {
    onError: (error: unknown) => toast.error(messageOf(error)),
    onSettled: () => queryClient.invalidateQueries(trpc.runs.pathFilter()),
  };
  const start = useMutation(trpc.runs.start.mutationOptions(options));
  const cancel = useMutation(trpc.runs.cancel.mutationOptions(options));
  const close = useMutation(trpc.runs.close.mutationOptions(options));
  const subject = { spaceId: space.id, runId: run.id };
  if (!RUN_WORDS[run.status].isOpen) return null;
  if (readOnly) return <p className="text-sm text-muted">{readOnly}</p>;
  const isUnderWay = run.status === "pending" || run.status === "running";

  return (
    <div className="flex flex-wrap items-center gap-2">
      {run.status === "pending" && (
        <Button variant="primary" isBusy={start.isPending} onClick={() => start.mutate(subject)}>
          Start run
        </Button>
      )}
      {isUnderWay && <Button onClick={() => setAsksToCancel(true)}>Cancel run</Button>}
      {!isUnderWay && (
        <Button isBusy={close.isPending} blockedBecause={whyNotClosed(run)} onClick={() => close.mutate(subject)}>
          Close run
        </Button>
      )}
      <Dialog
        open={asksToCancel}
        onOpenChange={setAsksToCancel}
        size="sm"
        title="Cancel this run?"
        description="It cannot be started again."
        footer={
          <>
            <Button onClick={() => setAsksToCancel(false)}>Go on reading</Button>
            <Button
              variant="danger"
              isBusy={cancel.isPending}
              onClick={() => cancel.mutate(subject, { onSettled: () => setAsksToCancel(false) })}
            >
              Cancel run
            </Button>
          </>
        }
      >
        <p>
          Batches that are being read are given up. What it has proposed so far stays, and can still be decided in
          Review.
        </p>
      </Dialog>
    </div>
  );
}
