"use client";

import { useQuery } from "@tanstack/react-query";
import { diffWordsWithSpace } from "diff";
import { useMemo } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";

import type { ProposalItem } from "./proposal.ts";

/** What an approval would write, before it is written: where, what, and the commit that says so. */
export function Preview({ proposal }: { proposal: ProposalItem }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(
    trpc.proposals.preview.queryOptions({ spaceId: space.id, proposalId: proposal.id }),
  );
  if (error) {
    return (
      <Alert
        tone="danger"
        title="The preview could not be made"
        action={
          <Button size="sm" onClick={() => void refetch()}>
            Try again
          </Button>
        }
      >
        {messageOf(error)}
      </Alert>
    );
  }
  if (!data) return <SkeletonRows rows={2} />;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
        <span className="text-muted">{data.before === null ? "New file" : "Changes"}</span>
        <code className="font-mono break-all">{data.path}</code>
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
          <File>{data.after}</File>
        </TabsContent>
        <TabsContent value="changes">
          <WordDiff before={data.before} after={data.after} />
        </TabsContent>
        <TabsContent value="commit">
          <File>{data.commitMessage}</File>
        </TabsContent>
      </Tabs>
    </div>
  );
}

const File = ({ children }: { children: React.ReactNode }) => (
  <pre
    tabIndex={0}
    role="group"
    aria-label="File text"
    className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap"
  >
    {children}
  </pre>
);

function WordDiff({ before, after }: { before: string | null; after: string }) {
  const parts = useMemo(() => diffWordsWithSpace(before ?? "", after), [before, after]);
  if (before === null) {
    return <p className="text-muted">There is no such note yet: the whole file is new.</p>;
  }
  if (parts.every((part) => !part.added && !part.removed)) {
    return <p className="text-muted">The note already says exactly this.</p>;
  }
  return (
    <File>
      {parts.map((part, index) =>
        part.added ? (
          <ins key={index} className="rounded-sm bg-success-soft text-success">
            {part.value}
          </ins>
        ) : part.removed ? (
          <del key={index} className="rounded-sm bg-danger-soft text-danger">
            {part.value}
          </del>
        ) : (
          <span key={index}>{part.value}</span>
        ),
      )}
    </File>
  );
}

const withoutFrontMatter = (file: string) => file.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, "");
