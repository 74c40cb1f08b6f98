"use client";

import type { ReactNode } from "react";

import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Prose } from "#components/ui/markdown.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useStored } from "#components/ui/stored.ts";

import { ActionBar } from "./action-bar.tsx";
import { draftKey } from "./draft.ts";
import { EditForm } from "./edit-form.tsx";
import { EvidenceList } from "./evidence.tsx";
import { Facts } from "./facts.tsx";
import { HEADING_ID } from "./focus.ts";
import { History } from "./history.tsx";
import { Outcome } from "./outcome.tsx";
import { Preview } from "./preview.tsx";
import { ProposalHeader } from "./proposal-header.tsx";
import { Reasons } from "./reasons.tsx";
import { Replaced } from "./replaced.tsx";
import { SimilarThings } from "./similar-things.tsx";
import type { ProposalDetail, ProposalItem } from "./proposal.ts";
import { type Reason, RejectBar } from "./reject-bar.tsx";
import type { Mode } from "./use-mode.ts";

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
  onReject: (why?: Reason) => void;
  onReopen: () => void;
  /** With `merge`, what it is to go into, where that is known. */
  onMode: (mode: Mode, target?: string) => void;
  onClose: () => void;
}) {
  if (!proposal && error) {
    return (
      <div className="p-4">
        <NotRead title="This proposal could not be shown" error={error} onRetry={onRetry} />
      </div>
    );
  }
  if (!proposal) return <SkeletonRows rows={4} className="p-6" />;

  const isEditing = mode === "edit" && proposal.status === "pending";
  return (
    <article aria-labelledby={HEADING_ID} className="flex h-full min-h-0 flex-col">
      <ProposalHeader proposal={proposal} neighbours={neighbours} onClose={onClose} />
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
          {proposal.details.retires && (
            <Section title="What it takes the place of">
              <Replaced key={proposal.id} proposal={proposal} retires={proposal.details.retires} />
            </Section>
          )}
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
            <Reasons proposal={proposal} />
          </Section>
          <Section title="What is like it">
            <SimilarThings key={proposal.id} proposal={proposal} onMerge={(id) => onMode("merge", id)} />
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
