"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";

import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Age } from "#components/ui/time.tsx";

import type { KbStatus } from "./kb.ts";

/** The announcement usually comes first; this is for whoever hears none. */
const LOOK_INTERVAL_MS = 2_000;
const LONG_MS = 20_000;

/** Brings folder, branch and remote in step now, and is at work until that is done. */
export function SyncButton({ kb }: { kb: KbStatus }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const [asked, setAsked] = useState<{ lastSyncMs: number | undefined; atMs: number } | null>(null);
  const sync = useMutation(
    trpc.kb.sync.mutationOptions({
      onMutate: () => setAsked({ lastSyncMs: kb.syncedAt?.getTime(), atMs: Date.now() }),
      onError: (error) => {
        setAsked(null);
        toast.error(messageOf(error));
      },
      onSettled: () => queryClient.invalidateQueries(trpc.kb.pathFilter()),
    }),
  );
  const isSyncing = asked !== null && kb.syncedAt?.getTime() === asked.lastSyncMs;
  const { dataUpdatedAt } = useQuery(
    trpc.kb.status.queryOptions({ spaceId: space.id }, { refetchInterval: isSyncing ? LOOK_INTERVAL_MS : false }),
  );
  const isLong = isSyncing && dataUpdatedAt - asked.atMs > LONG_MS;

  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <p role="status" className="max-w-xs text-sm text-muted">
        {isLong ? (
          kb.hasWorker ? (
            "It takes longer than usual: something else may hold the repository. It goes on by itself."
          ) : (
            "No worker has taken it up. It is done as soon as one runs."
          )
        ) : isSyncing ? (
          "Syncing…"
        ) : asked ? (
          kb.syncFailure || kb.pushFailure ? (
            "Synced, with a failure: see below"
          ) : (
            "Synced"
          )
        ) : kb.syncedAt ? (
          <span className="max-sm:hidden">
            Last looked at <Age at={kb.syncedAt} inWords />
          </span>
        ) : null}
      </p>
      <Button
        variant="primary"
        isBusy={isSyncing}
        blockedBecause={readOnly}
        onClick={() => sync.mutate({ spaceId: space.id })}
      >
        {!isSyncing && <RefreshCw aria-hidden />}
        Sync now
      </Button>
    </div>
  );
}
