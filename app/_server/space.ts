import { createTRPCClient, httpLink, isTRPCClientError } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import superjson from "superjson";

import { createQueryClient, statusOf } from "#components/trpc/query-client.ts";
import { WANTED_PATH_HEADER } from "#server/auth/schema.ts";
import type { AppRouter } from "#server/trpc/root.ts";

import { app } from "./app.ts";

/**
 * tRPC for server components, through the same door as the browser and with its cookies, so the same roles hold.
 * One cache a request: what a page asks for here is in the browser's cache before it first paints.
 */
export const serverTrpc = cache(async () => {
  const cookie = (await cookies()).toString();
  const queryClient = createQueryClient();
  const client = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: "http://winnow.invalid/api/trpc",
        transformer: superjson,
        headers: { cookie },
        fetch: (url, init) => app().trpc(new Request(url, init as RequestInit)),
      }),
    ],
  });
  return { queryClient, trpc: createTRPCOptionsProxy<AppRouter>({ client, queryClient }) };
});

/** The space of an address for whoever is signed in; nobody is sent to sign in, and to strangers it does not exist. */
export const openSpace = cache(async (slug: string) => {
  const { queryClient, trpc } = await serverTrpc();
  try {
    const shell = await queryClient.fetchQuery(trpc.shell.bySlug.queryOptions({ slug }));
    return { shell, queryClient, trpc };
  } catch (error) {
    const status = isTRPCClientError(error) ? statusOf(error) : undefined;
    if (status === 401) redirect(`/sign-in?next=${encodeURIComponent(await wantedPath(slug))}`);
    if (status === 404 || status === 403) notFound();
    throw error;
  }
});

/** The page of the space that was asked for, with its filters. */
async function wantedPath(slug: string): Promise<string> {
  const url = new URL((await headers()).get(WANTED_PATH_HEADER) ?? "/", "http://here.invalid");
  // Next's own, where it asks for a page behind the browser's back.
  url.searchParams.delete("_rsc");
  return url.pathname.startsWith(`/s/${slug}/`) ? url.pathname + url.search : `/s/${slug}/review`;
}
