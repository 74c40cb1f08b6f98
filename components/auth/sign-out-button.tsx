"use client";

import { LogOut } from "lucide-react";

import { Button } from "#components/ui/button.tsx";

import { signOut } from "./sign-out.ts";

export function SignOutButton() {
  return (
    <Button onClick={() => void signOut()}>
      <LogOut aria-hidden />
      Sign out
    </Button>
  );
}
