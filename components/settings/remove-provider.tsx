"use client";

import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { ModelUse } from "#server/llm/schema.ts";

import { type Models, type Provider, USE_WORDS } from "./models.ts";
import { useFreshModels } from "./use-fresh-models.ts";

/** Asks whether a provider is to go, and says what goes with it. */
export function RemoveProvider({
  provider,
  models,
  onClose,
  onGone,
}: {
  provider: Provider;
  models: Models;
  onClose: () => void;
  /** What was pressed to come here is gone with it: the focus goes elsewhere. */
  onGone: () => void;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const isGone = useRef(false);
  const removal = useMutation(
    trpc.models.removeProvider.mutationOptions({
      onSettled: useFreshModels(),
    }),
  );
  const remove = () =>
    removal.mutate(
      { spaceId: space.id, providerId: provider.id },
      {
        onSuccess: () => {
          isGone.current = true;
          toast(`${provider.name} is removed.`);
          onClose();
        },
      },
    );
  const uses = ModelUse.options.filter((use) =>
    models.choices[use].some(({ providerId }) => providerId === provider.id),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      onCloseAutoFocus={(event) => {
        if (!isGone.current) return;
        event.preventDefault();
        onGone();
      }}
      size="sm"
      title={`Remove ${provider.name}?`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" isBusy={removal.isPending} onClick={remove}>
            Remove it{provider.hasKey && " and its key"}
          </Button>
        </>
      }
    >
      <p>
        {uses.length === 0
          ? "No use is answered by it. What it answered so far stays."
          : `It goes out of the lists of: ${uses.map((use) => USE_WORDS[use].label).join(", ")}. What it answered so far stays.`}
      </p>
      {removal.error && (
        <Alert tone="danger" className="mt-3" title="Not removed">
          {messageOf(removal.error)}
        </Alert>
      )}
    </Dialog>
  );
}
