import { SearchX } from "lucide-react";
import Link from "next/link";

import { buttonStyle } from "#components/ui/button-style.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** A page or space that does not exist, or not for this person: the two are not told apart. */
export function NotFound() {
  return (
    <main className="flex min-h-dvh items-center">
      <EmptyState
        icon={SearchX}
        title="There is nothing here"
        action={
          <Link href="/" className={buttonStyle({ variant: "secondary" })}>
            Go to your space
          </Link>
        }
      >
        This page does not exist, or it belongs to a space that you are not in.
      </EmptyState>
    </main>
  );
}
