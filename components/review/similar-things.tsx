"use client";

import { useQuery } from "@tanstack/react-query";
import { FileText, GitMerge, Hash, Inbox, Lightbulb } from "lucide-react";
import Link from "next/link";

import { useReadOnlyReason, useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { Button } from "#components/ui/button.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import type { SimilarThing } from "#server/proposals/schema.ts";

import type { ProposalItem } from "./proposal.ts";
import { percent, RECOMMENDATION_WORDS } from "./words.ts";

/** As long as nothing changes here an answer holds: looking for meaning asks a model. */
const HOLDS_MS = 5 * 60_000;

/** Notes and proposals that are like this one, with the reason, and what is advised because of them. */
export function SimilarThings({
  proposal,
  onMerge,
}: {
  proposal: ProposalItem;
  /** With the id of the note or proposal that this one is to go into. */
  onMerge: (id: string) => void;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error, refetch } = useQuery(
    trpc.proposals.similar.queryOptions({ spaceId: space.id, proposalId: proposal.id }, { staleTime: HOLDS_MS }),
  );
  const isReadOnly = useReadOnlyReason() !== undefined;
  const canMerge = proposal.status === "pending" && !isReadOnly;
  return (
    <div className="flex flex-col gap-2">
      {proposal.status === "pending" && proposal.recommendation !== "new" && (
        <p className="flex gap-2 rounded-md bg-sunken px-3 py-2">
          <Lightbulb aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
          <span>
            <span className="font-medium">{RECOMMENDATION_WORDS[proposal.recommendation].long}?</span>
            {proposal.recommendationWhy && <span className="text-soft"> {proposal.recommendationWhy}</span>}
          </span>
        </p>
      )}
      {error && (
        <NotRead title="What is like it could not be looked for" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && <SkeletonRows rows={2} />}
      {data?.length === 0 && <p className="text-muted">Nothing that is here already is like it.</p>}
      {data && data.length > 0 && (
        <ul className="flex flex-col">
          {data.map((thing) => (
            <li key={thing.id} className="flex items-start gap-2 border-b py-1.5 last:border-b-0">
              <Thing thing={thing} />
              {canMerge && thing.type !== "topic" && (
                <Button
                  size="sm"
                  variant="ghost"
                  className="shrink-0"
                  aria-label={`Merge into “${thing.title}”`}
                  onClick={() => onMerge(thing.id)}
                >
                  <GitMerge aria-hidden />
                  Merge
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** How alike it is and why; once, where the titles are all there is to it. */
export function likenessInWords({ score, why }: SimilarThing): string {
  const alike = `${percent(score)} alike`;
  return why.includes(`title ${alike}`) ? why.join(" · ") : [alike, ...why].join(" · ");
}

const SORTS = {
  note: { icon: FileText, words: "Note" },
  proposal: { icon: Inbox, words: "Waiting proposal" },
  topic: { icon: Hash, words: "Topic" },
} as const;

function Thing({ thing }: { thing: SimilarThing }) {
  const path = useSpacePath();
  const { icon: Icon, words } = SORTS[thing.type];
  const href = {
    note: path(`knowledge/${thing.id}`),
    proposal: path(`review?proposal=${thing.id}`),
    topic: path(`knowledge?q=${encodeURIComponent(thing.title)}`),
  }[thing.type];
  return (
    <>
      <Icon aria-hidden className="mt-1 size-4 shrink-0 text-muted" />
      <span className="min-w-0 flex-1">
        <Link href={href} className="inline-block min-h-6 font-medium break-words hover:underline">
          {thing.title}
        </Link>
        <span className="block text-sm text-muted">
          {[thing.type === "note" ? thing.noteType : words, likenessInWords(thing)].join(" · ")}
        </span>
      </span>
    </>
  );
}
