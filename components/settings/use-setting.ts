"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";

import type { Setting } from "./setting.ts";

/** Saves one setting by itself, and says how that goes. */
export function useSetting({ key, value }: Pick<Setting, "key" | "value">) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const saving = useMutation(
    trpc.settings.set.mutationOptions({
      // Until the page shows what the server has now, it is still being saved.
      onSettled: () => queryClient.invalidateQueries(trpc.settings.pathFilter()),
    }),
  );
  const [wanted, setWanted] = useState<Setting["value"] | null>(null);
  return {
    /** What is in force, or on its way to be. */
    shown: saving.isPending && wanted !== null ? wanted : value,
    isSaving: saving.isPending,
    isSaved: saving.isSuccess,
    problem: saving.error ? messageOf(saving.error) : null,
    /** Null goes back to the default. */
    set: (next: Setting["value"] | null, onSaved?: () => void) => {
      setWanted(next);
      saving.mutate({ spaceId: space.id, key, value: next }, onSaved ? { onSuccess: onSaved } : {});
    },
    /** Takes the last answer off the page, as something else is written now. */
    forget: () => !saving.isPending && saving.reset(),
  };
}
