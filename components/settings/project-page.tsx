"use client";

import { useQuery } from "@tanstack/react-query";

import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Alert } from "#components/ui/alert.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";

import { ProjectEditor } from "./project-editor.tsx";
import { ProjectView } from "./project-view.tsx";

/** What the team tells Winnow about its project: given to every reading. */
export function ProjectPage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const context = useQuery(trpc.context.read.queryOptions({ spaceId: space.id }));
  const contributors = useQuery(trpc.context.contributors.queryOptions({ spaceId: space.id }));
  const error = context.error ?? contributors.error;
  if (!context.data || !contributors.data) {
    return error ? (
      <NotRead
        title="What was told about the project could not be read"
        error={error}
        onRetry={() => void Promise.all([context.refetch(), contributors.refetch()])}
      />
    ) : (
      <SkeletonRows rows={6} />
    );
  }
  if (readOnly) {
    return (
      <>
        <Alert title="You can read this, not change it">{readOnly}</Alert>
        <ProjectView content={context.data.content} />
      </>
    );
  }
  return <ProjectEditor kept={context.data} contributors={contributors.data} />;
}
