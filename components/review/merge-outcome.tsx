"use client";

import { useQuery } from "@tanstack/react-query";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#components/ui/tabs.tsx";
import { Moment } from "#components/ui/time.tsx";
import { WordDiff } from "#components/ui/word-diff.tsx";

import type { ProposalItem } from "./proposal.ts";
import type { MergeTarget } from "./use-decisions.ts";
import { counted } from "./words.ts";

type MergePreview = Outputs["proposals"]["mergePreview"];
type Side = MergePreview["mine"];

/** Both sides of a merge and what comes out of it, before it is done. */
export function MergeOutcome({ proposal, into, title }: { proposal: ProposalItem; into: MergeTarget; title: string }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(
    trpc.proposals.mergePreview.queryOptions({ spaceId: space.id, proposalId: proposal.id, into }),
  );
  if (error) {
    return (
      <Alert tone="danger" title="What comes out could not be shown">
        {messageOf(error)}
      </Alert>
    );
  }
  if (!data) return <SkeletonRows rows={5} />;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Part label="This proposal" side={data.mine} />
        <Part label={into.type === "note" ? "The note" : "The other proposal"} side={data.other} />
      </div>
      <Result result={data.result} title={title} />
    </>
  );
}

function Part({ label, side }: { label: string; side: Side }) {
  return (
    <section className="min-w-0">
      <h3 className="text-sm text-muted">{label}</h3>
      <p className="font-medium break-words">{side.title}</p>
      {side.body && <Prose text={side.body} className="mt-1 line-clamp-6 text-soft" />}
      <Sources side={side} most={2} />
    </section>
  );
}

function Result({ result, title }: { result: MergePreview["result"]; title: string }) {
  const sources = counted(result.sources.length, "source");
  return (
    <section className="min-w-0 border-t pt-3">
      <h3 className="text-sm text-muted">What comes out</h3>
      {result.file === null ? (
        <>
          <p>
            “{title}” keeps its own words and has {sources}. It still waits for a decision; this proposal leaves the
            queue.
          </p>
          <Sources side={result} most={6} />
        </>
      ) : (
        <>
          <p>
            “{title}” with {sources}, in a commit of its own:{" "}
            <code className="font-mono text-sm break-all">{result.file.path}</code>
          </p>
          <Tabs defaultValue="changes" className="mt-2">
            <TabsList aria-label="The note as">
              <TabsTrigger value="changes">Changes</TabsTrigger>
              <TabsTrigger value="rendered">Rendered</TabsTrigger>
              <TabsTrigger value="sources">Sources</TabsTrigger>
            </TabsList>
            <TabsContent value="changes">
              <WordDiff before={result.file.before} after={result.file.after} />
            </TabsContent>
            <TabsContent value="rendered">
              <Prose text={result.body} />
            </TabsContent>
            <TabsContent value="sources">
              <Sources side={result} most={20} />
            </TabsContent>
          </Tabs>
        </>
      )}
    </section>
  );
}

function Sources({ side, most }: { side: Side; most: number }) {
  const hidden = side.sources.length - most;
  return (
    <ul className="mt-2 flex flex-col gap-1.5 text-sm">
      {side.sources.slice(0, most).map((source) => (
        <li key={source.messageId} className="border-l-2 pl-2">
          <span className="line-clamp-2 break-words">“{source.quote}”</span>
          <span className="flex flex-wrap gap-x-2 text-xs text-muted">
            <span className="font-medium text-soft">{source.author}</span>
            <Moment at={source.at} />
          </span>
        </li>
      ))}
      {hidden > 0 && <li className="text-muted">and {hidden} more</li>}
    </ul>
  );
}
