"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { counted } from "#components/review/words.ts";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC, useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { formatDuration } from "#components/ui/time-format.ts";
import { Age } from "#components/ui/time.tsx";

import type { Provider } from "./models.ts";

/** Asks a provider whether it answers, and says what came of it and how long it took; until then, what came of it last time. */
export function ProviderTest({ provider }: { provider: Provider }) {
  const { test, isTesting, tested, error } = useTest(provider.id);
  const problem = error ?? (isTesting ? null : provider.problem);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button size="sm" isBusy={isTesting} aria-label={`Test ${provider.name}`} onClick={test}>
          Test
        </Button>
        <span role="status" className="text-sm text-muted">
          {isTesting ? (
            "Asking it…"
          ) : tested?.ok ? (
            <span className="text-success">
              It answered after {formatDuration(tested.tookMs)}
              {tested.models.length > 0 && ` and lists ${counted(tested.models.length, "model")}`}.
            </span>
          ) : (
            <LastTest provider={provider} />
          )}
        </span>
      </div>
      {problem !== null && (
        <Alert tone="danger" title="The test did not go through">
          {problem}
        </Alert>
      )}
    </div>
  );
}

function LastTest({ provider: { testedAt, problem } }: { provider: Provider }) {
  if (testedAt === null) return "Not tested yet.";
  return (
    <>
      {problem === null ? "It answered" : "Tested"} <Age at={testedAt} inWords />.
    </>
  );
}

function useTest(providerId: string) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const test = useMutation({
    mutationFn: async () => {
      const begun = performance.now();
      const tested = await client.models.test.mutate({ spaceId: space.id, providerId });
      return { ...tested, tookMs: performance.now() - begun };
    },
    onSettled: () => queryClient.invalidateQueries(trpc.models.list.pathFilter()),
  });
  return {
    test: () => test.mutate(),
    isTesting: test.isPending,
    tested: test.data,
    error: test.error ? messageOf(test.error) : null,
  };
}
