"use client";

import { useState } from "react";

import { committedInWords, OperationNews } from "#components/kb/operation-news.tsx";
import { useWriting } from "#components/kb/use-writing.ts";
import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";

type Pair = Outputs["knowledge"]["topics"]["alike"][number];

/** Topics that may be one, each with the way to make them one. */
export function AlikeTopics({ pairs }: { pairs: readonly Pair[] }) {
  const [chosen, setChosen] = useState<Pair | null>(null);
  const readOnly = useReadOnlyReason();
  return (
    <Alert title="These may be one topic">
      <ul className="flex flex-col gap-1.5">
        {pairs.map((pair) => (
          <li key={`${pair.from.id} ${pair.into.id}`} className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span>
              “{pair.from.name}” and “{pair.into.name}”: {pair.why}.
            </span>
            <Button size="sm" disabled={readOnly !== undefined} title={readOnly} onClick={() => setChosen(pair)}>
              Merge…
            </Button>
          </li>
        ))}
      </ul>
      {chosen && <MergeDialog pair={chosen} onClose={() => setChosen(null)} />}
    </Alert>
  );
}

function MergeDialog({ pair, onClose }: { pair: Pair; onClose: () => void }) {
  const client = useTRPCClient();
  const { space } = useSpace();
  const [isTurned, setTurned] = useState(false);
  const { from, into } = isTurned ? { from: pair.into, into: pair.from } : pair;
  const merging = useWriting({
    request: () => client.knowledge.mergeTopics.mutate({ spaceId: space.id, topicId: from.id, intoId: into.id }),
    onEnd: (operation) => {
      if (operation?.status === "failed" || operation?.status === "conflicted") return;
      toast.success(operation ? `Merged. ${committedInWords(operation)}.` : "There was nothing left to merge.");
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Merge “${from.name}” into “${into.name}”`}
      description={`All notes of “${from.name}” move under “${into.name}”, links to them follow, and the name becomes another name of it. It is one commit, which can be reverted.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" isBusy={merging.isPending} onClick={() => merging.start(undefined)}>
            Merge them
          </Button>
        </>
      }
    >
      <Button size="sm" disabled={merging.isPending} onClick={() => setTurned(!isTurned)}>
        The other way round
      </Button>
      {merging.error && (
        <Alert tone="danger" className="mt-3">
          {messageOf(merging.error)}
        </Alert>
      )}
      {merging.operationId && <OperationNews operationId={merging.operationId} className="mt-3" />}
    </Dialog>
  );
}
