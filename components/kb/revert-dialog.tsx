"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC, useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";

import { shortHash } from "./kb.ts";
import { committedInWords, OperationNews } from "./operation-news.tsx";
import { useFollow } from "./use-writing.ts";

const LOOK_INTERVAL_MS = 500;
/** Whoever waits longer finds it on the Sync page. */
const LONGEST_WAIT_MS = 20_000;

type Target = { commit: { hash: string; subject: string }; path: string | undefined };

/** Asks before a commit is taken back, says what that means for its proposal, and follows it to the end. */
export function RevertDialog({
  commit,
  path,
  reopens,
  onClose,
}: Target & {
  /** The title of the proposal that waits again then; null for none, undefined where it is not known. */
  reopens?: string | null;
  onClose: () => void;
}) {
  const { revert, operationId } = useRevert({ commit, path, onDone: onClose });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title="Revert this commit?"
      description={`${shortHash(commit.hash)}: ${commit.subject}`}
      footer={
        <>
          <Button onClick={onClose}>{revert.isIdle ? "Leave it" : "Close"}</Button>
          <Button
            variant="danger"
            isBusy={revert.isPending}
            blockedBecause={revert.isSuccess ? "It was asked for already." : undefined}
            onClick={() => revert.mutate()}
          >
            Revert
          </Button>
        </>
      }
    >
      <ul className="flex list-disc flex-col gap-1 pl-4">
        <li>What it changed is taken back by a commit of its own. What others changed since stays.</li>
        {reopens && <li>“{reopens}” waits in Review again, to be decided anew.</li>}
        {reopens === undefined && <li>A proposal whose approval it carries out waits in Review again.</li>}
        <li>The history keeps both commits. Where somebody changed the same place since, you are asked to choose.</li>
      </ul>
      {revert.error && (
        <Alert tone="danger" className="mt-3" title="It was not reverted">
          {messageOf(revert.error)}
        </Alert>
      )}
      {operationId && <OperationNews operationId={operationId} className="mt-3" />}
    </Dialog>
  );
}

function useRevert({ commit, path, onDone }: Target & { onDone: () => void }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const follow = useFollow();
  const { space } = useSpace();
  const pageAt = useSpacePath();
  const [operationId, setOperationId] = useState<string | null>(null);
  const spaceId = space.id;

  /** The operation that takes out what a proposal's approval wrote: it begins once the proposal waits again. */
  const takingOut = async (proposalId: string, known: ReadonlySet<string>) => {
    for (const untilMs = Date.now() + LONGEST_WAIT_MS; Date.now() < untilMs; await pause(LOOK_INTERVAL_MS)) {
      const { items } = await client.kb.operations.query({ spaceId });
      const found = items.find((each) => each.proposalId === proposalId && !known.has(each.id));
      if (found) return found.id;
    }
    return null;
  };

  const revert = useMutation({
    mutationFn: async () => {
      const before = await client.kb.operations.query({ spaceId });
      const asked = await client.proposals.revert.mutate({
        ...{ spaceId, commitHash: commit.hash },
        ...(path === undefined ? {} : { path }),
      });
      const proposalId = asked.proposalIds[0] ?? null;
      const id = proposalId
        ? await takingOut(proposalId, new Set(before.items.map((each) => each.id)))
        : asked.operationId;
      setOperationId(id);
      return { proposalId, operation: id === null ? null : await follow(id) };
    },
    onSuccess: ({ proposalId, operation }) => {
      const isRefused = operation?.status === "failed" || operation?.status === "conflicted";
      const done = operation && !isRefused ? `Reverted. ${committedInWords(operation)}.` : null;
      if (proposalId) {
        toast.success(done ?? "The proposal waits again; its text is not taken out yet.", {
          description: done ? "Its proposal waits in Review again." : undefined,
          action: { label: "Open it", onClick: () => router.push(pageAt(`review?proposal=${proposalId}`)) },
        });
      } else if (done) toast.success(done);
      else if (operation === null) toast("There was nothing left to take back.");
      if (!isRefused) onDone();
    },
    onSettled: () => {
      for (const filter of [trpc.kb.pathFilter(), trpc.knowledge.pathFilter(), trpc.proposals.pathFilter()])
        void queryClient.invalidateQueries(filter);
    },
  });
  return { revert, operationId };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
