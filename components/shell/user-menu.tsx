"use client";

import { Keyboard, LogOut } from "lucide-react";
import Link from "next/link";

import { signOut } from "#components/auth/sign-out.ts";
import { Button } from "#components/ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";

import { useSpace } from "./space.tsx";

/** Who is signed in, the other spaces, and the way out. */
export function UserMenu({ onShowKeys }: { onShowKeys: () => void }) {
  const { user, role, space, spaces } = useSpace();
  const others = spaces.filter((each) => each.id !== space.id);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`Account of ${user.name}`} className="rounded-full">
          <span
            aria-hidden
            className="flex size-6 items-center justify-center rounded-full bg-selected text-xs font-semibold text-accent-ink"
          >
            {initials(user.name)}
          </span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuLabel>
          <span className="block font-medium text-ink">{user.name}</span>
          <span className="block">{user.email}</span>
          <span className="block">
            {ROLE_WORDS[role]} of {space.name}
          </span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        {others.map((other) => (
          <DropdownMenuItem key={other.id} asChild>
            <Link href={`/s/${other.slug}/review`}>Go to {other.name}</Link>
          </DropdownMenuItem>
        ))}
        {others.length > 0 && <DropdownMenuSeparator />}
        <DropdownMenuItem onSelect={onShowKeys}>
          <Keyboard aria-hidden />
          Keyboard shortcuts
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void signOut()}>
          <LogOut aria-hidden />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

const ROLE_WORDS = { viewer: "Viewer", reviewer: "Reviewer", admin: "Admin" } as const;

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
