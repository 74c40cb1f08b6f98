"use client";

import { useQuery } from "@tanstack/react-query";

import { Section } from "#components/kb/section.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { ModelUse } from "#server/llm/schema.ts";

import { ModelUseList } from "./model-use.tsx";
import { OnlyAdmins } from "./only-admins.tsx";
import { Providers } from "./providers.tsx";
import { ModelSettings } from "./model-settings.tsx";
import { Spending } from "./spending.tsx";

/** Who answers what, where models are, and what they cost. */
export function ModelsPage() {
  return (
    <OnlyAdmins title="Only admins see models and their providers">
      <Parts />
    </OnlyAdmins>
  );
}

function Parts() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(trpc.models.list.queryOptions({ spaceId: space.id }));
  if (!data) {
    return error ? (
      <NotRead title="The models could not be read" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows rows={6} />
    );
  }
  return (
    <>
      <Providers models={data} />
      <Section title="Who is asked">
        <p className="mb-2 text-sm text-muted">
          The first of a list is asked; the next one answers when that is down. Each change is in force with the next
          call.
        </p>
        <div className="border-t">
          {ModelUse.options.map((use) => (
            <ModelUseList key={use} use={use} models={data} />
          ))}
        </div>
      </Section>
      <Section title="Spent this month">
        <Spending />
        <ModelSettings />
      </Section>
    </>
  );
}
