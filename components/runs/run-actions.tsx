"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { ReplayButton } from "#components/learning/replay-button.tsx";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
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
  const path = useSpacePath();
  const router = useRouter();
  const [asksToCancel, setAsksToCancel] = useState(false);
  const options = {
    onError: (error: unknown) => toast.error(messageOf(error)),
    onSettled: () => queryClient.invalidateQueries(trpc.runs.pathFilter()),
  };
  const start = useMutation(trpc.runs.start.mutationOptions(options));
  const cancel = useMutation(trpc.runs.cancel.mutationOptions(options));
  const close = useMutation(trpc.runs.close.mutationOptions(options));
  const clone = useMutation(trpc.runs.clone.mutationOptions(options));
  const subject = { spaceId: space.id, runId: run.id };
  const { isOpen } = RUN_WORDS[run.status];
  if (readOnly) return isOpen ? <p className="text-sm text-muted">{readOnly}</p> : null;
  if (!isOpen) {
    return (
      <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
        <Link href={path(`runs/compare?a=${run.id}`)} className={buttonStyle()}>
          Compare
        </Link>
        <Button
          isBusy={clone.isPending}
          onClick={() => clone.mutate(subject, { onSuccess: ({ id }) => router.push(path(`runs/${id}`)) })}
        >
          <Copy aria-hidden />
          Read again
        </Button>
        {run.batchesDone > 0 && <ReplayButton runId={run.id} />}
      </div>
    );
  }
  const isUnderWay = run.status === "pending" || run.status === "running";

  return (
    <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
      {run.status === "pending" && (
        <Button variant="primary" isBusy={start.isPending} onClick={() => start.mutate(subject)}>
          Start run
        </Button>
      )}
      {isUnderWay && <Button onClick={() => setAsksToCancel(true)}>Cancel run</Button>}
      {!isUnderWay && run.batchesDone > 0 && <ReplayButton runId={run.id} />}
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
