"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FileText, Inbox } from "lucide-react";
import { type KeyboardEvent, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { focusOnMount } from "#components/ui/focus-on-mount.ts";
import { Prose } from "#components/ui/markdown.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useSettled } from "#components/ui/use-settled.ts";

import { focusShown } from "./focus.ts";
import type { ProposalItem } from "./proposal.ts";
import type { MergeTarget } from "./use-decisions.ts";
import { counted } from "./words.ts";

type Target = Outputs["proposals"]["mergeTargets"][number];

/** Says the same as something else: choose what it goes into, see both and what comes out. */
export function MergeDialog({
  proposal,
  isBusy,
  onMerge,
  onClose,
}: {
  proposal: ProposalItem;
  isBusy: boolean;
  onMerge: (into: MergeTarget, title: string) => void;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const [search, setSearch] = useState("");
  const asked = useSettled(search.trim());
  const { data, error } = useQuery(
    trpc.proposals.mergeTargets.queryOptions(
      { spaceId: space.id, proposalId: proposal.id, ...(asked ? { search: asked } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  const [chosenId, setChosenId] = useState<string | null>(null);
  const chosen = data?.find((target) => target.id === chosenId) ?? data?.[0] ?? null;

  /** From the search field: arrows choose, Enter merges. */
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && data) {
      event.preventDefault();
      const at = data.findIndex((target) => target.id === chosen?.id) + step;
      setChosenId(data[Math.min(Math.max(at, 0), data.length - 1)]?.id ?? null);
    } else if (event.key === "Enter" && isTyping && chosen && !isBusy) {
      event.preventDefault();
      onMerge(targetOf(chosen), chosen.title);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        focusShown();
      }}
      size="lg"
      title="Merge into another"
      description="The sources of both are united. You can take it back with undo."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isBusy={isBusy}
            blockedBecause={chosen ? undefined : "Choose what to merge it into first."}
            onClick={() => chosen && onMerge(targetOf(chosen), chosen.title)}
          >
            {chosen ? `Merge into the ${chosen.type}` : "Merge"}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 md:grid-cols-pick">
        <div className="flex min-w-0 flex-col gap-2" role="presentation" onKeyDown={onKeyDown}>
          <SearchField ref={focusOnMount} label="Search proposals and notes" value={search} onChange={setSearch} />
          {error && <Alert tone="danger">{messageOf(error)}</Alert>}
          {!data && !error && <SkeletonRows rows={3} />}
          {data?.length === 0 && <p className="text-sm text-muted">There is nothing to merge into yet.</p>}
          <ul className="flex max-h-72 flex-col gap-0.5 overflow-y-auto p-px">
            {data?.map((target) => (
              <li key={target.id}>
                <TargetButton
                  target={target}
                  isChosen={target.id === chosen?.id}
                  onChoose={() => setChosenId(target.id)}
                />
              </li>
            ))}
          </ul>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Part label="This proposal" title={proposal.title} body={proposal.body} />
          {chosen && (
            <Part
              label={chosen.type === "note" ? "The note" : "The other proposal"}
              title={chosen.title}
              body={chosen.body}
            />
          )}
          {chosen && <Result proposal={proposal} target={chosen} />}
        </div>
      </div>
    </Dialog>
  );
}

const targetOf = ({ type, id }: Target): MergeTarget =>
  type === "note" ? { type, noteId: id } : { type, proposalId: id };

function TargetButton({ target, isChosen, onChoose }: { target: Target; isChosen: boolean; onChoose: () => void }) {
  const Icon = target.type === "note" ? FileText : Inbox;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className={cn(
        "flex w-full items-start gap-2 rounded-md px-2 py-1.5 text-left hover:bg-hover",
        isChosen && "bg-selected hover:bg-selected",
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="line-clamp-2">{target.title}</span>
        <span className="block text-xs text-muted">
          {target.type === "note" ? "Note" : "Waiting proposal"} · {likenessInWords(target.score)}
        </span>
      </span>
    </button>
  );
}

/** How alike two titles are, in words: the number says little. */
function likenessInWords(score: number): string {
  if (score > 0.6) return "very alike";
  if (score > 0.3) return "alike";
  if (score > 0.1) return "a little alike";
  return "not alike";
}

function Part({ label, title, body }: { label: string; title: string; body: string }) {
  return (
    <section>
      <h3 className="text-sm text-muted">{label}</h3>
      <p className="font-medium">{title}</p>
      {body && <Prose text={body} className="mt-1 line-clamp-6 text-soft" />}
    </section>
  );
}

function Result({ proposal, target }: { proposal: ProposalItem; target: Target }) {
  const quotes = counted(proposal.evidence.length, "quote");
  return (
    <section className="border-t pt-3">
      <h3 className="text-sm text-muted">What comes out</h3>
      {target.type === "proposal" ? (
        <p>
          “{target.title}” keeps its own words and gains {quotes} from this one. It still waits for a decision; this
          proposal leaves the queue.
        </p>
      ) : (
        <>
          <p>
            “{target.title}” gains this below its text, and {quotes} among its sources, in a commit of its own:
          </p>
          <Prose text={`## ${proposal.title}\n\n${proposal.body}`} className="mt-2 border-l-2 border-accent pl-3" />
        </>
      )}
    </section>
  );
}
