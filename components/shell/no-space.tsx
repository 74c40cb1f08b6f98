import { DoorClosed } from "lucide-react";

import { SignOutButton } from "#components/auth/sign-out-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** For someone who is signed in and belongs to no space yet. */
export function NoSpace() {
  return (
    <main className="flex min-h-dvh items-center">
      <EmptyState icon={DoorClosed} title="You are in no space yet" action={<SignOutButton />}>
        An admin of your team's space can add you. Reload this page after that.
      </EmptyState>
    </main>
  );
}
