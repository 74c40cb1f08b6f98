"use client";

import { TriangleAlert } from "lucide-react";

import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** A page that could not be shown: what that means, a way on, and the id that finds it in the log. */
export function PageError({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <div className="flex min-h-full items-center" role="alert">
      <EmptyState
        icon={TriangleAlert}
        title="This page could not be shown"
        action={
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
        }
      >
        <p>Nothing was changed or lost. If it happens again, tell an admin.</p>
        {error.digest && (
          <p className="mt-2">
            Its id is <code className="font-mono text-sm text-soft select-all">{error.digest}</code>.
          </p>
        )}
      </EmptyState>
    </div>
  );
}
