"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";

import type { Operation } from "./kb.ts";

/** Tries an operation again that failed. Nothing where there is nothing to be tried again for. */
export function RetryButton({ operation }: { operation: Pick<Operation, "id" | "canRetry" | "subject"> }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const retry = useMutation(
    trpc.kb.retry.mutationOptions({
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.kb.pathFilter()),
    }),
  );
  if (!operation.canRetry) return null;
  return (
    <Button
      size="sm"
      isBusy={retry.isPending}
      blockedBecause={readOnly}
      aria-label={`Try again: ${operation.subject}`}
      onClick={() => retry.mutate({ spaceId: space.id, operationId: operation.id })}
    >
      Try again
    </Button>
  );
}
