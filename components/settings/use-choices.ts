"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import type { ModelUse } from "#server/llm/schema.ts";

import type { Choice } from "./models.ts";

/** Which models are asked for a use, in their order. Each change is saved as it is made. */
export function useModelChoices(use: ModelUse, kept: readonly Choice[]) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const saving = useMutation(
    trpc.models.choose.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.models.list.pathFilter()),
    }),
  );
  const choices: readonly Choice[] = saving.isPending ? saving.variables.choices : kept;
  return {
    /** What is in force, or on its way to be. */
    choices,
    isSaving: saving.isPending,
    isSaved: saving.isSuccess,
    problem: saving.error ? messageOf(saving.error) : null,
    save: (next: readonly Choice[], onSaved?: () => void) => {
      if (saving.isPending) return;
      saving.mutate(
        { spaceId: space.id, use, choices: next.map(({ providerId, model }) => ({ providerId, model })) },
        onSaved ? { onSuccess: onSaved } : {},
      );
    },
  };
}
