"use client";

import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";

import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { hasRole } from "#server/auth/schema.ts";

export type Shell = Outputs["shell"]["bySlug"];

const SpaceContext = createContext<Shell | null>(null);

/** Everything below speaks of one space. */
export function SpaceProvider({ initial, children }: { initial: Shell; children: ReactNode }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.shell.bySlug.queryOptions({ slug: initial.space.slug }, { initialData: initial }));
  return <SpaceContext value={data}>{children}</SpaceContext>;
}

/** The space that this page shows, who looks at it and with which role. */
export function useSpace(): Shell {
  const shell = useContext(SpaceContext);
  if (!shell) throw new Error("This part needs a SpaceProvider above it.");
  return shell;
}

/** Why this viewer cannot decide here, undefined when they can. */
export function useReadOnlyReason(): string | undefined {
  const { role } = useSpace();
  return hasRole(role, "reviewer")
    ? undefined
    : "You are a viewer here. An admin of this space can make you a reviewer.";
}

/** The address of a page of the space. */
export function useSpacePath(): (page: string) => string {
  const { space } = useSpace();
  return (page) => `/s/${space.slug}/${page}`;
}
