"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { OnlyAdmins } from "./only-admins.tsx";
import { PromptEditor } from "./prompt-editor.tsx";

/** What models are told to do, in Winnow's own words or in the space's. */
export function PromptsPage() {
  return (
    <OnlyAdmins title="Only admins see what models are told">
      <AllPrompts />
    </OnlyAdmins>
  );
}

function AllPrompts() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const [wanted, setWanted] = useQueryState("prompt", parseAsString);
  const { data, error, refetch } = useQuery(trpc.prompts.list.queryOptions({ spaceId: space.id }));
  if (!data) {
    return error ? (
      <NotRead title="The prompts could not be read" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows rows={6} />
    );
  }
  const shown = data.find(({ useCase }) => useCase === wanted) ?? data[0];
  if (!shown) return <EmptyState title="No model is told anything yet" />;
  return (
    <div className="flex flex-col gap-6">
      <nav aria-label="Prompts">
        <ul className="flex flex-wrap gap-1">
          {data.map((prompt) => (
            <li key={prompt.useCase}>
              <button
                type="button"
                aria-current={prompt === shown ? "true" : undefined}
                onClick={() => void setWanted(prompt.useCase)}
                className={cn(
                  "flex min-h-8 items-center gap-1.5 rounded-md px-2 text-left hover:bg-hover pointer-coarse:min-h-10",
                  prompt === shown && "bg-selected font-medium hover:bg-selected",
                )}
              >
                {prompt.title}
                {prompt.override && <Badge tone="accent">changed</Badge>}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <PromptEditor key={shown.useCase} prompt={shown} />
    </div>
  );
}
