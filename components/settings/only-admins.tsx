"use client";

import { Lock } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { hasRole } from "#server/auth/schema.ts";

/** What is for admins of the space; everyone else is told whose it is, and what they can open. */
export function OnlyAdmins({ title, children }: { title: string; children: ReactNode }) {
  const { role } = useSpace();
  const path = useSpacePath();
  if (hasRole(role, "admin")) return children;
  return (
    <EmptyState
      icon={Lock}
      title={title}
      action={
        <Link href={path("settings/project")} className={buttonStyle()}>
          What Winnow knows of the project
        </Link>
      }
    >
      You are a {role} here. An admin of this space can change them for you, or make you an admin.
    </EmptyState>
  );
}
