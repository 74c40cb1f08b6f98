"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, LibraryBig } from "lucide-react";
import Link from "next/link";

import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

import { AlikeTopics } from "./merge-topics.tsx";

type Topic = Outputs["knowledge"]["topics"]["items"][number];

/** What the notes are about: the topics with how much there is of each, and those that may be one. */
export function TopicsPage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data, error, refetch } = useQuery(trpc.knowledge.topics.queryOptions({ spaceId: space.id }));
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader
        before={
          <Link
            href={path("knowledge")}
            className="inline-flex min-h-6 items-center gap-1 text-sm text-muted hover:text-ink"
          >
            <ArrowLeft aria-hidden className="size-4" />
            Knowledge
          </Link>
        }
        title="Topics"
        action={<SweepButton />}
      >
        Each is a folder of notes. Its own note, if there is one, gives it its name and its other names.
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-3xl flex-col gap-4 px-4 py-4 md:px-6">
          {error && !data && (
            <NotRead title="The topics could not be listed" error={error} onRetry={() => void refetch()} />
          )}
          {!data && !error && <SkeletonRows rows={6} />}
          {data && data.alike.length > 0 && <AlikeTopics pairs={data.alike} />}
          {data?.items.length === 0 && (
            <EmptyState icon={LibraryBig} title="No topics yet">
              A note that is approved under a topic makes it: nothing has to be set up.
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <ul className="border-t">
              {data.items.map((topic) => (
                <TopicRow key={topic.id} topic={topic} />
              ))}
            </ul>
          )}
        </div>
      </div>
    </div>
  );
}

function TopicRow({ topic }: { topic: Topic }) {
  const path = useSpacePath();
  return (
    <li className="border-b">
      <Link href={path(`knowledge/topics/${topic.id}`)} className="block px-1 py-2 -outline-offset-2 hover:bg-hover">
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{topic.name}</span>
          {topic.aliases.length > 0 && <span className="text-sm text-muted">also {topic.aliases.join(", ")}</span>}
        </span>
        {topic.description && <span className="line-clamp-2 text-sm text-soft">{topic.description}</span>}
        <span className="flex flex-wrap gap-x-2 text-xs text-muted">
          <span>
            {counted(topic.notes, "note")}
            {topic.atoms > 0 && `, ${topic.atoms === topic.notes ? "all" : topic.atoms} of them facts`}
          </span>
          {topic.openQuestions > 0 && <span>{counted(topic.openQuestions, "open question")}</span>}
          <Age at={topic.lastAt} inWords />
        </span>
      </Link>
    </li>
  );
}

/** Looks through all notes for what may not hold any more, which is done each night by itself. */
function SweepButton() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const { mutate, isPending } = useMutation(
    trpc.sweep.run.mutationOptions({
      onSuccess: async ({ stale, contradiction, "near-duplicate": same }) => {
        const all = stale + contradiction + same;
        await queryClient.invalidateQueries(trpc.proposals.list.pathFilter());
        toast.success(
          all === 0
            ? "Looked through all notes: nothing new to ask."
            : `Looked through all notes: ${counted(all, "question")} for Review.`,
        );
      },
      onError: (error) => toast.error(messageOf(error)),
    }),
  );
  return (
    <Button
      isBusy={isPending}
      disabled={readOnly !== undefined}
      title={
        readOnly ?? "Stale, contradicting and doubled notes become questions in Review. Done each night by itself."
      }
      onClick={() => mutate({ spaceId: space.id })}
    >
      Look for doubtful notes
    </Button>
  );
}
