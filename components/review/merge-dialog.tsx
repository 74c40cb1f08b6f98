"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FileText, Inbox } from "lucide-react";
import { type KeyboardEvent, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { focusOnMount } from "#components/ui/focus-on-mount.ts";
import { SearchField } from "#components/ui/search-field.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useSettled } from "#components/ui/use-settled.ts";

import { focusShown } from "./focus.ts";
import { MergeOutcome } from "./merge-outcome.tsx";
import type { ProposalItem } from "./proposal.ts";
import { likenessInWords } from "./similar-things.tsx";
import type { MergeTarget } from "./use-decisions.ts";

/** What it could go into; likely, where there is a reason to think so, and Enter alone may take it. */
type Target = { type: "note" | "proposal"; id: string; title: string; why: string; isLikely: boolean };

/** Says the same as something else: choose what it goes into, see both and what comes out. */
export function MergeDialog({
  proposal,
  initialId,
  isBusy,
  onMerge,
  onClose,
}: {
  proposal: ProposalItem;
  /** What it is to go into, where that was chosen before. */
  initialId: string | null;
  isBusy: boolean;
  onMerge: (into: MergeTarget, title: string) => void;
  onClose: () => void;
}) {
  const [search, setSearch] = useState("");
  const asked = useSettled(search.trim());
  const { targets, error } = useTargets(proposal, asked);
  const [chosenId, setChosenId] = useState<string | null>(initialId);
  const chosen =
    targets?.find((target) => target.id === chosenId) ?? targets?.find((target) => target.isLikely) ?? null;

  /** From the search field: arrows choose, Enter merges. */
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && targets) {
      event.preventDefault();
      const at = targets.findIndex((target) => target.id === chosen?.id) + step;
      setChosenId(targets[Math.min(Math.max(at, 0), targets.length - 1)]?.id ?? null);
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
          {error !== null && <Alert tone="danger">{messageOf(error)}</Alert>}
          {!targets && !error && <SkeletonRows rows={3} />}
          {targets?.length === 0 && <p className="text-sm text-muted">There is nothing to merge into yet.</p>}
          <ul className="flex max-h-72 flex-col gap-0.5 overflow-y-auto p-px">
            {targets?.map((target) => (
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
          {chosen && <MergeOutcome key={chosen.id} proposal={proposal} into={targetOf(chosen)} title={chosen.title} />}
          {!chosen && targets && targets.length > 0 && (
            <p className="text-muted">Nothing here is much like it. Choose what it goes into, or search.</p>
          )}
        </div>
      </div>
    </Dialog>
  );
}

/** What it is like first, with the reason, then everything that a search finds. */
function useTargets(proposal: ProposalItem, search: string): { targets: Target[] | undefined; error: unknown } {
  const trpc = useTRPC();
  const { space } = useSpace();
  const about = { spaceId: space.id, proposalId: proposal.id };
  const similar = useQuery(
    trpc.proposals.similar.queryOptions(about, { enabled: search === "", staleTime: 5 * 60_000 }),
  );
  const all = useQuery(
    trpc.proposals.mergeTargets.queryOptions(
      { ...about, ...(search ? { search } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  if (!all.data) return { targets: undefined, error: all.error };
  const alike = (search === "" ? (similar.data ?? []) : []).flatMap((thing): Target[] =>
    thing.type === "topic"
      ? []
      : [{ type: thing.type, id: thing.id, title: thing.title, why: likenessInWords(thing), isLikely: true }],
  );
  const known = new Set(alike.map((target) => target.id));
  const others = all.data.filter((target) => !known.has(target.id));
  return {
    targets: [
      ...alike,
      ...others.map((target): Target => ({
        ...target,
        why: titleLikeness(target.score),
        isLikely: search !== "" || target.score > ALIKE,
      })),
    ],
    error: all.error,
  };
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
          {target.type === "note" ? "Note" : "Waiting proposal"} · {target.why}
        </span>
      </span>
    </button>
  );
}

const ALIKE = 0.3;

/** How alike two titles are, in words: the number says little. */
function titleLikeness(score: number): string {
  if (score > 0.6) return "very alike";
  if (score > ALIKE) return "alike";
  if (score > 0.1) return "a little alike";
  return "not alike";
}
