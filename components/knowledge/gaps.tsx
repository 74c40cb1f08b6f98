"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { useId } from "react";

import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useKeptFocus } from "#components/ui/use-kept-focus.ts";

type Gap = Outputs["gaps"]["list"]["items"][number];

/** The questions that nobody could be given a good answer to, as a page of its own: on phones there is no overview. */
export function GapsPage() {
  const path = useSpacePath();
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
        title="Questions without a good answer"
      >
        What people asked and the notes do not say, or hardly.
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-3xl px-4 py-4 md:px-6">
          <Gaps />
        </div>
      </div>
    </div>
  );
}

/** Leads to the open questions, where the overview with their list is not beside. Nothing where there are none. */
export function GapsLine() {
  const path = useSpacePath();
  const { data } = useGaps();
  if (!data || data.count === 0) return null;
  return (
    <Link
      href={path("knowledge/questions")}
      className="inline-flex min-h-6 items-center text-sm text-accent-ink underline underline-offset-2 lg:hidden"
    >
      {counted(data.count, "question")} without a good answer
    </Link>
  );
}

/** The open questions, newest first, each with the notes that come nearest and what can become of it. */
export function Gaps() {
  const partRef = useKeptFocus<HTMLDivElement>();
  return (
    <div ref={partRef} tabIndex={-1} role="group" aria-label="Open questions" className="rounded-md outline-offset-4">
      <GapList />
    </div>
  );
}

function GapList() {
  const { data, error, refetch } = useGaps();
  if (error && !data) {
    return <NotRead title="The questions could not be listed" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <SkeletonRows rows={2} />;
  if (data.count === 0) {
    return (
      <p className="text-muted">
        None. What someone asks and the notes cannot answer is listed here, to be written down.
      </p>
    );
  }
  return (
    <>
      <p className="mb-2 text-sm text-muted">
        {counted(data.count, "question")}
        {data.count > data.items.length && `, the newest ${data.items.length} of them here`}
      </p>
      <ol className="border-t">
        {data.items.map((gap) => (
          <GapRow key={gap.id} gap={gap} />
        ))}
      </ol>
    </>
  );
}

function GapRow({ gap }: { gap: Gap }) {
  const path = useSpacePath();
  const readOnly = useReadOnlyReason();
  const id = useId();
  const { isBusyAs, settle } = useSettle(gap);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b px-1 py-2.5">
      <div className="min-w-60 flex-1">
        <p id={id} className="break-words whitespace-pre-wrap">
          {gap.question}
        </p>
        <p className="text-sm text-muted">
          {gap.askedBy}, <Age at={gap.askedAt} inWords />
        </p>
        {gap.nearest.length > 0 && (
          <p className="flex flex-wrap items-baseline gap-x-2 text-sm text-muted">
            Nearest:
            {gap.nearest.map(({ noteId, title }) => (
              <Link
                key={noteId}
                href={path(`knowledge/${noteId}`)}
                className="inline-flex min-h-6 max-w-full items-center text-accent-ink underline underline-offset-2"
              >
                <span className="truncate">{title}</span>
              </Link>
            ))}
          </p>
        )}
      </div>
      <div className="flex gap-2">
        <Button
          size="sm"
          aria-describedby={id}
          isBusy={isBusyAs === "answered"}
          blockedBecause={readOnly}
          onClick={() => settle("answered")}
        >
          Answered
        </Button>
        <Button
          size="sm"
          variant="ghost"
          aria-describedby={id}
          isBusy={isBusyAs === "dismissed"}
          blockedBecause={readOnly}
          onClick={() => settle("dismissed")}
        >
          Dismiss
        </Button>
      </div>
    </li>
  );
}

function useGaps() {
  const trpc = useTRPC();
  const { space } = useSpace();
  return useQuery(trpc.gaps.list.queryOptions({ spaceId: space.id }));
}

function useSettle(gap: Gap) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const { mutate, isPending, variables } = useMutation(
    trpc.gaps.settle.mutationOptions({
      onSuccess: (_, { as }) => toast(as === "answered" ? "Marked as answered." : "Dismissed."),
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.gaps.pathFilter()),
    }),
  );
  return {
    isBusyAs: isPending ? variables.as : null,
    settle: (as: "answered" | "dismissed") => {
      if (!isPending) mutate({ spaceId: space.id, gapId: gap.id, as });
    },
  };
}
