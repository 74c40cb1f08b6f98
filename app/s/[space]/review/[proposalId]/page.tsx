import { redirect } from "next/navigation";

/** A short address for links from chat and commits. */
export default async function Page({ params }: PageProps<"/s/[space]/review/[proposalId]">) {
  const { space, proposalId } = await params;
  redirect(`/s/${space}/review?proposal=${encodeURIComponent(proposalId)}`);
}
