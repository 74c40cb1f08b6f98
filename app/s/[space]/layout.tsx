import type { Metadata } from "next";

import { Shell } from "#components/shell/shell.tsx";

import { openSpace } from "../../_server/space.ts";

export async function generateMetadata({ params }: LayoutProps<"/s/[space]">): Promise<Metadata> {
  const { shell } = await openSpace((await params).space);
  return { title: { default: shell.space.name, template: `%s · ${shell.space.name} · Winnow` } };
}

export default async function SpaceLayout({ params, children }: LayoutProps<"/s/[space]">) {
  const { shell } = await openSpace((await params).space);
  return (
    <Shell shell={shell} now={Date.now()}>
      {children}
    </Shell>
  );
}
