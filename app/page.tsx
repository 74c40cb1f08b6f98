import { redirect } from "next/navigation";

import { NoSpace } from "#components/shell/no-space.tsx";
import { statusOf } from "#components/trpc/query-client.ts";

import { serverTrpc } from "./_server/space.ts";

export default async function HomePage() {
  const { queryClient, trpc } = await serverTrpc();
  const home = await queryClient.fetchQuery(trpc.shell.home.queryOptions()).catch((error: unknown) => {
    if (statusOf(error) === 401) redirect("/sign-in");
    throw error;
  });
  if (home.slug) redirect(`/s/${home.slug}/review`);
  return <NoSpace />;
}
