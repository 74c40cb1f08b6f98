"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Prose, withoutFrontMatter } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { FileText, WordDiff } from "#components/ui/word-diff.tsx";

import type { ProposalItem } from "./proposal.ts";

/** What an approval would write, before it is written: where, what, and the commit that says so. */
export function Preview({ proposal }: { proposal: ProposalItem }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(
    trpc.proposals.preview.queryOptions({ spaceId: space.id, proposalId: proposal.id }),
  );
  if (error) {
    return <NotRead title="The preview could not be made" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <SkeletonRows rows={2} />;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <span className="text-muted">{data.before === null ? "New file" : "Changes"}</span>
        <code className="font-mono break-all">{data.path}</code>
        {data.retires && (
          <>
            <span className="text-muted">and marks as no longer true</span>
            <code className="font-mono break-all">{data.retires.path}</code>
          </>
        )}
      </p>
      <Tabs defaultValue={data.before === null ? "rendered" : "changes"}>
        <TabsList aria-label="The note as">
          <TabsTrigger value="rendered">Rendered</TabsTrigger>
          <TabsTrigger value="raw">Raw file</TabsTrigger>
          <TabsTrigger value="changes">Changes</TabsTrigger>
          <TabsTrigger value="commit">Commit</TabsTrigger>
        </TabsList>
        <TabsContent value="rendered">
          <Prose text={withoutFrontMatter(data.after)} />
        </TabsContent>
        <TabsContent value="raw">
          <FileText>{data.after}</FileText>
        </TabsContent>
        <TabsContent value="changes">
          {data.before === null ? (
            <p className="text-muted">There is no such note yet: the whole file is new.</p>
          ) : (
            <WordDiff before={data.before} after={data.after} same="The note already says exactly this." />
          )}
          {data.retires && (
            <>
              <p className="mt-3 mb-1 text-sm">
                <span className="text-muted">In the same commit</span>{" "}
                <code className="font-mono break-all">{data.retires.path}</code>
              </p>
              <WordDiff
                label="What changed in the note that it takes the place of"
                before={data.retires.before ?? ""}
                after={data.retires.after}
              />
            </>
          )}
        </TabsContent>
        <TabsContent value="commit">
          <FileText>{data.commitMessage}</FileText>
        </TabsContent>
      </Tabs>
    </div>
  );
}
