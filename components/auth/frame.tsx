import type { ReactNode } from "react";

import { Mark } from "#components/shell/mark.tsx";
import { Card } from "#components/ui/card.tsx";

/** A page for whoever is not signed in: one card in the middle. */
export function Frame({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-4 px-4 py-8">
      <p className="flex items-center gap-2 px-1 font-semibold">
        <Mark />
        Winnow
      </p>
      <Card className="flex flex-col gap-5 p-6">
        <div className="flex flex-col gap-1">
          <h1 className="text-xl font-semibold">{title}</h1>
          {lead && <p className="text-pretty text-muted">{lead}</p>}
        </div>
        {children}
      </Card>
    </main>
  );
}
