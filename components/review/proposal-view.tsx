"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { useSpace, useSpacePath } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useStored } from "#components/ui/stored.ts";
import { Age } from "#components/ui/time.tsx";

import { ActionBar } from "./action-bar.tsx";
import { ConfidenceMark } from "./confidence.tsx";
import { DeliveryState } from "./delivery.tsx";
import { draftKey } from "./draft.ts";
import { EditForm } from "./edit-form.tsx";
import { EvidenceList } from "./evidence.tsx";
import { Facts } from "./facts.tsx";
import { HEADING_ID } from "./focus.ts";
import { History } from "./history.tsx";
import { Preview } from "./preview.tsx";
import type { ProposalDetail, ProposalItem } from "./proposal.ts";
import { RejectBar } from "./reject-bar.tsx";
import type { Mode } from "./use-mode.ts";
import { KIND_WORDS, STATUS_WORDS } from "./words.ts";

/** One proposal: what was said first, then what is made of it. */
export function ProposalView({
  proposal,
  history,
  error,
  mode,
  busyWith,
  neighbours,
  onRetry,
  onApprove,
  onReject,
  onReopen,
  onMode,
  onClose,
}: {
  /** Undefined until it is here. */
  proposal: ProposalItem | undefined;
  history: ProposalDetail["history"] | undefined;
  error: unknown;
  mode: Mode;
  busyWith: string | null;
  /** The way to the proposals before and after it. */
  neighbours: ReactNode;
  onRetry: () => void;
  onApprove: () => void;
  onReject: (reason?: string) => void;
  onReopen: () => void;
  onMode: (mode: Mode) => void;
  onClose: () => void;
}) {
  if (!proposal && error) {
    return (
      <div className="p-4">
        <Alert
          tone="danger"
          title="This proposal could not be shown"
          action={
            <Button size="sm" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          {messageOf(error)}
        </Alert>
      </div>
    );
  }
  if (!proposal) return <SkeletonRows rows={4} className="p-6" />;

  const isEditing = mode === "edit" && proposal.status === "pending";
  return (
    <article aria-labelledby={HEADING_ID} className="flex h-full min-h-0 flex-col">
      <Header proposal={proposal} neighbours={neighbours} onClose={onClose} />
      <div
        className="min-h-0 flex-1 overflow-y-auto scrollbar-gutter-stable"
        tabIndex={0}
        role="group"
        aria-label="The proposal in full"
      >
        <div className="mx-auto flex max-w-3xl flex-col gap-6 px-4 py-4 md:px-6">
          <Outcome proposal={proposal} />
          <Section title="What was said">
            <EvidenceList key={proposal.id} evidence={proposal.evidence} />
          </Section>
          {isEditing ? (
            <Section title="Edit">
              <EditForm key={proposal.id} proposal={proposal} onClose={() => onMode("read")} />
            </Section>
          ) : (
            <Section title="What is proposed">
              <KeptDraftNotice proposal={proposal} onEdit={() => onMode("edit")} />
              {proposal.body ? (
                <Prose text={proposal.body} />
              ) : (
                <p className="text-muted">Only the title: there is no further text.</p>
              )}
              <div className="mt-3">
                <Facts proposal={proposal} />
              </div>
            </Section>
          )}
          <Section title="Why">
            <ConfidenceMark
              confidence={proposal.confidence}
              hasEvidence={proposal.hasEvidence}
              isLong
              className="text-base"
            />
            {proposal.reasons.length > 0 && (
              <ul className="mt-1 list-disc pl-4 text-soft">
                {proposal.reasons.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            )}
          </Section>
          {!isEditing && proposal.status === "pending" && (
            <Section title="What approving writes">
              <Preview key={proposal.id} proposal={proposal} />
            </Section>
          )}
          <Section title="History">
            {history ? (
              <History proposal={proposal} history={history} />
            ) : error ? (
              <p className="text-muted">{messageOf(error)}</p>
            ) : (
              <SkeletonRows rows={1} />
            )}
          </Section>
        </div>
      </div>
      {!isEditing && (
        <footer className="overflow-hidden border-t py-2 scrollbar-gutter-stable">
          <div className="mx-auto flex max-w-3xl items-center gap-2 px-4 md:px-6">
            {mode === "reject" && proposal.status === "pending" ? (
              <RejectBar title={proposal.title} onReject={onReject} onCancel={() => onMode("read")} />
            ) : (
              <ActionBar
                proposal={proposal}
                busyWith={busyWith}
                onApprove={onApprove}
                onReject={() => onMode("reject")}
                onEdit={() => onMode("edit")}
                onMerge={() => onMode("merge")}
                onReopen={onReopen}
              />
            )}
          </div>
        </footer>
      )}
    </article>
  );
}

function Header({
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

/** Who decided what, and how far the note has come. */
function Outcome({ proposal }: { proposal: ProposalItem }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const path = useSpacePath();
  const { data: kb } = useQuery(
    trpc.kb.status.queryOptions({ spaceId: space.id }, { enabled: proposal.delivery !== null }),
  );
  if (proposal.status === "pending") return null;
  const { delivery } = proposal;
  return (
    <div className="flex flex-col gap-2 rounded-md bg-sunken px-3 py-2.5">
      <p>
        <span className="font-medium">
          {STATUS_WORDS[proposal.status].label} by {proposal.decidedBy ?? "someone"}
        </span>{" "}
        {proposal.decidedAt && <Age at={proposal.decidedAt} inWords className="text-muted" />}
        {proposal.decisionReason && <span className="text-soft">: {proposal.decisionReason}</span>}
        {proposal.mergedIntoId && (
          <>
            {" "}
            <Link
              href={path(`review?proposal=${proposal.mergedIntoId}`)}
              className="text-accent-ink underline underline-offset-2"
            >
              Open what it went into
            </Link>
          </>
        )}
      </p>
      {delivery && (
        <DeliveryState
          delivery={delivery}
          hasRemote={kb ? kb.remote !== null : undefined}
          noteHref={delivery.noteId ? path(`knowledge/${delivery.noteId}`) : null}
          syncHref={path(`knowledge/sync?show=${delivery.status === "failed" ? "failed" : "conflicted"}`)}
        />
      )}
    </div>
  );
}

function KeptDraftNotice({ proposal, onEdit }: { proposal: ProposalItem; onEdit: () => void }) {
  const [stored] = useStored(draftKey(proposal.id));
  if (stored === null || proposal.status !== "pending") return null;
  return (
    <Alert
      className="mb-3"
      title="You have unsaved changes to this"
      action={
        <Button size="sm" onClick={onEdit}>
          Go on editing
        </Button>
      }
    />
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section>
    <h3 className="mb-2 text-sm font-medium text-muted">{title}</h3>
    {children}
  </section>
);
