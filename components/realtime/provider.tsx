"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

import { useTRPC, useTRPCClient } from "#components/trpc/client.tsx";
import type { ClientRealtimeOptions } from "#server/realtime/schema.ts";

import { type ConnectionState, openConnection } from "./connection.ts";
import { createFollower } from "./follower.ts";
import { createRefresher } from "./refresher.ts";
import { staleAfter } from "./stale.ts";

const ConnectionContext = createContext<ConnectionState>("connecting");

/** Whether this page hears of changes by itself at the moment. */
export const useConnection = () => useContext(ConnectionContext);

/**
 * Keeps every query of this tab up to date with the log of one space. The one place that binds Pusher.
 * @param newestSeq the number up to which the server rendered this page
 */
export function RealtimeProvider({
  spaceId,
  realtime,
  newestSeq,
  children,
}: {
  spaceId: string;
  realtime: ClientRealtimeOptions;
  newestSeq: number;
  children: ReactNode;
}) {
  const [state, setState] = useState<ConnectionState>("connecting");
  const [firstSeq] = useState(newestSeq);
  const [firstRealtime] = useState(realtime);
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  const trpcClient = useTRPCClient();

  useEffect(() => {
    const refresher = createRefresher(queryClient);
    const follower = createFollower({
      from: firstSeq,
      fetchSince: (after) => trpcClient.events.since.query({ spaceId, after }),
      onNotices: (notices) => refresher.refresh(notices.flatMap((notice) => staleAfter(trpc, notice))),
      onLost: () => refresher.refresh([{}]),
      // Not reached either: the watchdog asks again, and the shell says that the connection is gone.
      onError: () => {},
    });
    const connection = openConnection({
      realtime: firstRealtime,
      spaceId,
      onNotice: follower.receive,
      onMissed: () => void follower.catchUp(),
      onState: setState,
    });
    return () => {
      connection.close();
      follower.stop();
      refresher.stop();
    };
  }, [spaceId, firstSeq, firstRealtime, queryClient, trpc, trpcClient]);

  return <ConnectionContext value={state}>{children}</ConnectionContext>;
}
