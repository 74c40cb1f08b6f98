import { redirect } from "next/navigation";

export default async function SpacePage({ params }: PageProps<"/s/[space]">) {
  redirect(`/s/${(await params).space}/review`);
}
