"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { toast } from "#components/ui/toast.tsx";

import type { Prompt } from "./prompt.ts";
import { useDraft } from "./use-draft.ts";

const Words = z.string();

/** The words of a prompt while an admin changes them, and the way back to its own. */
export function usePrompt(prompt: Prompt) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const { useCase, own, override, history } = prompt;
  const inForce = override?.system ?? own;
  const draft = useDraft({
    name: `prompt.${space.id}.${useCase}`,
    schema: Words,
    content: inForce,
    version: history[0]?.version ?? 0,
  });
  const onSettled = () => queryClient.invalidateQueries(trpc.prompts.pathFilter());
  const changing = useMutation(trpc.prompts.change.mutationOptions({ onSettled }));
  const resetting = useMutation(trpc.prompts.reset.mutationOptions({ onSettled }));
  const isSaving = changing.isPending || resetting.isPending;
  const error = changing.error ?? resetting.error;
  const input = { spaceId: space.id, useCase, seenVersion: draft.seenVersion };
  const forgetAnswers = () => {
    changing.reset();
    resetting.reset();
  };
  const reset = (onSaved?: () => void) => {
    forgetAnswers();
    resetting.mutate(input, {
      onSuccess: () => {
        draft.forget();
        toast.success("Winnow’s own words are in force again.");
        onSaved?.();
      },
    });
  };
  return {
    draft,
    inForce,
    isChanged: draft.isKept && draft.content !== inForce,
    isSaving,
    problem: error ? messageOf(error) : null,
    /** Somebody changed it while this was written. */
    isOvertaken: draft.isKept && draft.wasOvertaken && draft.content !== inForce && !isSaving,
    save: () => {
      if (isSaving || draft.content === inForce || draft.wasOvertaken) return;
      // The prompt's own words are no words of the space.
      if (draft.content === own) return reset();
      const saved = draft.content;
      forgetAnswers();
      changing.mutate(
        { ...input, system: saved },
        {
          onSuccess: ({ version }) => {
            draft.settle(saved, version);
            toast.success("Saved. The next call says it.");
          },
        },
      );
    },
    reset,
    discard: () => {
      draft.forget();
      forgetAnswers();
    },
  };
}
