"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, splitLink } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import superjson from "superjson";

import type { AppRouter } from "#server/trpc/root.ts";

import { createQueryClient, statusOf } from "./query-client.ts";

export type Outputs = inferRouterOutputs<AppRouter>;

const context = createTRPCContext<AppRouter>();
/** Typed access to every procedure: `useQuery(useTRPC().runs.list.queryOptions({ … }))`. */
export const useTRPC = context.useTRPC;
/** For calls outside the cache, such as the catch-up of the event log. */
export const useTRPCClient = context.useTRPCClient;

/** These look into the repository, which may be busy: nothing else waits for them in a batch. */
const ASKS_GIT: ReadonlySet<string> = new Set([
  "proposals.preview",
  "knowledge.history",
  "knowledge.commit",
  "knowledge.blame",
  "knowledge.source",
]);

/** The tab's query cache and its way to the server. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(() => {
    const client = createQueryClient();
    client.getQueryCache().config.onError = goSignIn;
    client.getMutationCache().config.onError = goSignIn;
    return client;
  });
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ path }) => ASKS_GIT.has(path),
          true: httpLink({ url: "/api/trpc", transformer: superjson }),
          false: httpBatchLink({ url: "/api/trpc", transformer: superjson, maxItems: 20 }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <context.TRPCProvider queryClient={queryClient} trpcClient={trpcClient}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  );
}

/** A session that ended while the page was open: sign in and come back to the same place. */
function goSignIn(error: unknown) {
  if (statusOf(error) !== 401) return;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
}
