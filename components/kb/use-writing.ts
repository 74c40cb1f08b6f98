"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";

import { isUnderWay, type Operation } from "./kb.ts";

const LOOK_INTERVAL_MS = 500;
/** Whoever waits longer finds it on the Sync page. */
const LONGEST_FOLLOW_MS = 10 * 60_000;
/** A look that fails says nothing about the work itself. */
const LOOK_RETRIES = 10;

/**
 * Something that is written into the knowledge base: asked for, then followed until it is committed, or is not going to be.
 * @param request asks the server for it
 * @param onEnd hears what came of it; null where there was nothing to do
 */
export function useWriting<Input>({
  request,
  onEnd,
}: {
  request: (input: Input) => Promise<{ operationId: string }>;
  onEnd?: (operation: Operation | null, input: Input) => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const follow = useFollow();
  const [operationId, setOperationId] = useState<string | null>(null);
  const mutation = useMutation({
    mutationFn: async (input: Input) => {
      setOperationId(null);
      const asked = await request(input);
      setOperationId(asked.operationId);
      return follow(asked.operationId);
    },
    onSuccess: (operation, input) => onEnd?.(operation, input),
    onSettled: () => {
      for (const filter of [trpc.kb.pathFilter(), trpc.knowledge.pathFilter(), trpc.proposals.pathFilter()])
        void queryClient.invalidateQueries(filter);
    },
  });
  return {
    start: mutation.mutate,
    isPending: mutation.isPending,
    error: mutation.error,
    /** What is followed, once the server has it. */
    operationId,
    reset: () => {
      mutation.reset();
      setOperationId(null);
    },
  };
}

/** Waits until an operation is committed, parked as a conflict, or failed. @returns null where it turned out to have nothing to do */
export function useFollow(): (operationId: string) => Promise<Operation | null> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  return async (operationId) => {
    const untilMs = Date.now() + LONGEST_FOLLOW_MS;
    for (;;) {
      const operation = await queryClient.fetchQuery({
        ...trpc.kb.operation.queryOptions({ spaceId: space.id, operationId }),
        staleTime: 0,
        retry: LOOK_RETRIES,
      });
      if (operation === null || !isUnderWay(operation.status) || Date.now() > untilMs) return operation;
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
    }
  };
}

/** An operation as it stands, asked for again while it is under way. Undefined until it is known, null where it is not there (any more). */
export function useOperation(operationId: string | null): Operation | null | undefined {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data } = useQuery(
    trpc.kb.operation.queryOptions(
      { spaceId: space.id, operationId: operationId ?? "" },
      {
        enabled: operationId !== null,
        refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.status) ? LOOK_INTERVAL_MS * 2 : false),
      },
    ),
  );
  return operationId === null ? undefined : data;
}
