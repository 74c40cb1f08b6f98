"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Label } from "#components/ui/label.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

import { KIND_WORDS, type Provider } from "./models.ts";
import { ProviderTest } from "./provider-test.tsx";

/** A provider with what can be done with it. */
export function ProviderRow({
  provider,
  onChange,
  onRemove,
}: {
  provider: Provider;
  /** Somebody wants to change it, or remove it. */
  onChange: () => void;
  onRemove: () => void;
}) {
  const id = useId();
  const { isOn, turn } = useSwitch(provider);
  const { name, kind, baseUrl, hasKey } = provider;
  return (
    <li className="flex flex-col gap-2 border-b py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-48 flex-1">
          <p className="font-medium break-words">{name}</p>
          <p className="text-sm break-all text-muted">
            {kind !== "compatible" && KIND_WORDS[kind] !== name && `${KIND_WORDS[kind]}, `}
            <code className="font-mono">{baseUrl}</code>, {hasKey ? "with a key" : "without a key"}
          </p>
        </div>
        <span className="flex min-h-7 items-center gap-2">
          <Switch id={`${id}-on`} checked={isOn} onCheckedChange={turn} />
          <Label htmlFor={`${id}-on`}>
            In use<span className="sr-only">: {name}</span>
          </Label>
        </span>
        <span className="flex flex-wrap gap-2">
          <Button size="sm" aria-label={`Change ${name}`} onClick={onChange}>
            Change
          </Button>
          <Button size="sm" variant="danger" aria-label={`Remove ${name}`} onClick={onRemove}>
            Remove
          </Button>
        </span>
      </div>
      <ProviderTest provider={provider} />
      <p className="text-sm text-muted">
        Set by {provider.updatedBy}, <Age at={provider.updatedAt} inWords />.
      </p>
    </li>
  );
}

function useSwitch({ id: providerId, isOn }: Provider) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const { mutate, isPending, variables } = useMutation(
    trpc.models.changeProvider.mutationOptions({
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.models.list.pathFilter()),
    }),
  );
  return {
    isOn: isPending ? (variables.isOn ?? isOn) : isOn,
    turn: (next: boolean) => !isPending && mutate({ spaceId: space.id, providerId, isOn: next }),
  };
}
