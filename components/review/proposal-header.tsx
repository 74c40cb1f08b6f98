"use client";

import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { useSpacePath } from "#components/shell/space.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Age } from "#components/ui/time.tsx";

import { HEADING_ID } from "./focus.ts";
import { Marks } from "./marks.tsx";
import type { ProposalItem } from "./proposal.ts";
import { KIND_WORDS, STATUS_WORDS } from "./words.ts";

/** Its title, and in short where it comes from and what to know of it before reading. */
export function ProposalHeader({
  proposal,
  neighbours,
  onClose,
}: {
  proposal: ProposalItem;
  neighbours: ReactNode;
  onClose: () => void;
}) {
  const path = useSpacePath();
  const status = STATUS_WORDS[proposal.status];
  return (
    // Room for a scrollbar that never comes, so that the title stands above the text, which has one.
    <header className="overflow-hidden border-b py-3 scrollbar-gutter-stable">
      <div className="mx-auto flex max-w-3xl items-start gap-2 px-4 md:px-6">
        <Button variant="ghost" size="icon" aria-label="Back to the list" className="-ml-2 lg:hidden" onClick={onClose}>
          <ArrowLeft />
        </Button>
        <div className="min-w-0 flex-1">
          <h2 id={HEADING_ID} tabIndex={-1} className="text-xl font-semibold text-balance break-words outline-none">
            {proposal.title}
          </h2>
          <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
            <Badge tone="outline">{KIND_WORDS[proposal.kind].one}</Badge>
            <Marks proposal={proposal} />
            {proposal.status !== "pending" && <Badge tone={status.tone}>{status.label}</Badge>}
            {proposal.chatTitle !== null && (
              <span>
                from <span className="text-soft">{proposal.chatTitle}</span>
              </span>
            )}
            <Age at={proposal.createdAt} inWords />
            {proposal.runId === null ? (
              <span>From a note in the chat</span>
            ) : (
              <Link
                href={path(`runs/${proposal.runId}`)}
                className="inline-flex min-h-6 items-center hover:text-ink hover:underline"
              >
                see its run
              </Link>
            )}
          </p>
        </div>
        {neighbours}
      </div>
    </header>
  );
}
