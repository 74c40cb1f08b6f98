"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { User, Users } from "lucide-react";
import { useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

export type Pairing = Outputs["channels"]["pairings"][number];

/** A person or a group at the door, with what an admin can do about them. */
export function PairingRow({ pairing }: { pairing: Pairing }) {
  const { decide, busyWith } = useDecide(pairing);
  const { status, displayName: name } = pairing;
  const Icon = pairing.subject === "person" ? User : Users;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b px-1 py-2">
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <div className="min-w-40 flex-1">
        <p className="break-words">{name}</p>
        <p className="text-sm text-muted">
          {pairing.subject === "person" ? "Person" : "Group"}, {WHEN[status]}{" "}
          <Age at={pairing.decidedAt ?? pairing.askedAt} inWords />
          {deciderOf(pairing)}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {status !== "approved" && (
          <Button
            size="sm"
            variant={status === "asked" ? "primary" : "secondary"}
            aria-label={`Let in ${name}`}
            isBusy={busyWith === "approved"}
            onClick={() => decide("approved")}
          >
            {status === "asked" ? "Approve" : "Let in after all"}
          </Button>
        )}
        {status === "asked" && (
          <Button
            size="sm"
            aria-label={`Refuse ${name}`}
            isBusy={busyWith === "refused"}
            onClick={() => decide("refused")}
          >
            Refuse
          </Button>
        )}
        {status !== "asked" && <Removal pairing={pairing} />}
      </div>
    </li>
  );
}

const WHEN = { asked: "asked", approved: "let in", refused: "refused" } as const satisfies Record<
  Pairing["status"],
  string
>;

/** By whom, where the row says so. */
function deciderOf({ decidedBy }: Pairing): string {
  if (typeof decidedBy !== "object" || decidedBy === null || !("name" in decidedBy)) return "";
  return typeof decidedBy.name === "string" ? ` by ${decidedBy.name}` : "";
}

function useDecide({ id: pairingId, displayName }: Pairing) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const { mutate, isPending, variables } = useMutation(
    trpc.channels.decide.mutationOptions({
      onSuccess: (_, { decision }) =>
        toast(decision === "approved" ? `${displayName} is let in.` : `${displayName} is refused.`),
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.channels.pathFilter()),
    }),
  );
  return {
    busyWith: isPending ? variables.decision : null,
    decide: (decision: "approved" | "refused") => {
      if (!isPending) mutate({ spaceId: space.id, pairingId, decision });
    },
  };
}

/** Asks before somebody is forgotten at the door. */
function Removal({ pairing: { id: pairingId, displayName, subject } }: { pairing: Pairing }) {
  const [isOpen, setOpen] = useState(false);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const remove = useMutation(
    trpc.channels.remove.mutationOptions({
      onSuccess: () => {
        toast(`${displayName} is removed.`);
        setOpen(false);
      },
      onSettled: () => queryClient.invalidateQueries(trpc.channels.pathFilter()),
    }),
  );
  return (
    <Dialog
      open={isOpen}
      onOpenChange={(open) => {
        setOpen(open);
        if (open) remove.reset();
      }}
      trigger={
        <Button size="sm" variant="ghost" aria-label={`Remove ${displayName}`}>
          Remove
        </Button>
      }
      size="sm"
      title={`Remove ${displayName}?`}
      footer={
        <>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button
            variant="danger"
            isBusy={remove.isPending}
            onClick={() => remove.mutate({ spaceId: space.id, pairingId })}
          >
            Remove
          </Button>
        </>
      }
    >
      <p>
        {subject === "person"
          ? "Winnow stops listening to them; they may ask again. What they said before stays."
          : "Winnow does not listen in this group any more. It may be let in again. What was said before stays."}
      </p>
      {remove.error && (
        <Alert tone="danger" className="mt-3" title="Nothing was removed">
          {messageOf(remove.error)}
        </Alert>
      )}
    </Dialog>
  );
}
