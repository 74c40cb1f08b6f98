"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";

import { counted } from "#components/review/words.ts";
import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Badge, type BadgeTone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Age } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";

import { reasonName } from "./figures.ts";

type Example = Outputs["examples"]["list"]["items"][number];

const SHOWN_AT_FIRST = 8;

const TYPE_WORDS = {
  rejected: { label: "Rejected", tone: "danger" },
  edited: { label: "Edited", tone: "neutral" },
  missed: { label: "Missed", tone: "warning" },
} as const satisfies Record<Example["type"], { label: string; tone: BadgeTone }>;

/** What decisions taught: each goes into the prompt when something like it is read, until somebody removes it. */
export function Examples() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const [showsAll, setShowsAll] = useState(false);
  const { data, error, refetch } = useQuery(trpc.examples.list.queryOptions({ spaceId: space.id }));
  if (error) {
    return <NotRead title="What was taught could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  if (!data) return <SkeletonRows rows={3} />;
  if (data.total === 0) {
    return (
      <p className="text-muted">
        Nothing yet. A rejection with a reason, words that were changed before an approval, and what somebody had to ask
        for become examples here.
      </p>
    );
  }
  return (
    <>
      <p className="mb-2 text-sm text-muted">
        The ones most like what is read, and the newest of them, stand in the next prompts.
      </p>
      <ul>
        {(showsAll ? data.items : data.items.slice(0, SHOWN_AT_FIRST)).map((example) => (
          <ExampleRow key={example.decisionId} example={example} />
        ))}
      </ul>
      {!showsAll && data.items.length > SHOWN_AT_FIRST && (
        <Button size="sm" className="mt-3" onClick={() => setShowsAll(true)}>
          Show {data.items.length - SHOWN_AT_FIRST} more
        </Button>
      )}
      {showsAll && data.total > data.items.length && (
        <p className="mt-2 text-sm text-muted">{counted(data.total - data.items.length, "older one")} not shown.</p>
      )}
    </>
  );
}

function ExampleRow({ example }: { example: Example }) {
  const path = useSpacePath();
  const words = TYPE_WORDS[example.type];
  const isHidden = example.hiddenBy !== null;
  return (
    <li className="flex flex-col gap-1 border-b py-3">
      <div className={cn("flex flex-col gap-1", isHidden && "text-muted")}>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Badge tone={words.tone}>{words.label}</Badge>
          <Link href={path(`review/${example.proposalId}`)} className="min-w-0 font-medium break-words hover:underline">
            {example.title}
          </Link>
        </p>
        <blockquote className="border-l-2 border-accent pl-3 break-words whitespace-pre-wrap">
          {example.quote}
        </blockquote>
        <p className="text-sm break-words text-soft">{lessonOf(example)}</p>
      </div>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
        <span>
          {example.by}, <Age at={example.at} inWords />
        </span>
        {isHidden && <Badge tone="outline">Removed by {example.hiddenBy}</Badge>}
        <Toggle example={example} />
      </p>
    </li>
  );
}

/** What there is to learn from it, in a sentence. */
function lessonOf({ type, code, reason, after, title }: Example): string {
  switch (type) {
    case "rejected":
      return [code && reasonName(code), reason].filter(Boolean).join(": ");
    case "missed":
      return "A run had passed this over; somebody asked for it, and it was approved.";
    case "edited":
      return after && after.title !== title ? `Became “${after.title}”` : "The text was changed, the title was kept.";
  }
}

function Toggle({ example: { decisionId, hiddenBy, title } }: { example: Example }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const options = {
    onError: (error: unknown) => toast.error(messageOf(error)),
    onSettled: () => queryClient.invalidateQueries(trpc.examples.pathFilter()),
  };
  const hide = useMutation(trpc.examples.hide.mutationOptions(options));
  const show = useMutation(trpc.examples.show.mutationOptions(options));
  const toggle = hiddenBy === null ? hide : show;
  return (
    <Button
      variant="quiet"
      size="inline"
      isBusy={hide.isPending || show.isPending}
      blockedBecause={readOnly}
      aria-label={`${hiddenBy === null ? "Remove" : "Put back"} the example “${title}”`}
      onClick={() => toggle.mutate({ spaceId: space.id, decisionId })}
    >
      {hiddenBy === null ? "Remove" : "Put back"}
    </Button>
  );
}
