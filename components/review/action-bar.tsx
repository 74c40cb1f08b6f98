"use client";

import { Check, GitMerge, Pencil, RotateCcw, X } from "lucide-react";

import { useReadOnlyReason } from "#components/shell/space.tsx";
import { Button } from "#components/ui/button.tsx";
import { Hint } from "#components/ui/tooltip.tsx";

import { COMMANDS } from "./commands.ts";
import type { ProposalItem } from "./proposal.ts";

/** What can be done with a proposal. The tooltips read their keys from the table of commands. */
export function ActionBar({
  proposal,
  busyWith,
  onApprove,
  onReject,
  onEdit,
  onMerge,
  onReopen,
}: {
  proposal: ProposalItem;
  busyWith: string | null;
  onApprove: () => void;
  onReject: () => void;
  onEdit: () => void;
  onMerge: () => void;
  onReopen: () => void;
}) {
  const readOnly = useReadOnlyReason();
  if (proposal.status !== "pending") {
    return (
      <Button onClick={onReopen} isBusy={busyWith === "undo"} blockedBecause={readOnly}>
        <RotateCcw aria-hidden />
        Undo this decision
      </Button>
    );
  }
  if (readOnly) return <p className="py-1.5 text-sm text-muted">{readOnly}</p>;
  return (
    <div className="flex items-center gap-2 max-sm:flex-1">
      <Hint label={COMMANDS.approve.label} keys={COMMANDS.approve.keys}>
        <Button variant="primary" onClick={onApprove} isBusy={busyWith === "approve"} className="max-sm:flex-1">
          {busyWith !== "approve" && <Check aria-hidden />}
          Approve
        </Button>
      </Hint>
      <Hint label={COMMANDS.reject.label} keys={COMMANDS.reject.keys}>
        <Button onClick={onReject} isBusy={busyWith === "reject"} className="max-sm:flex-1">
          {busyWith !== "reject" && <X aria-hidden />}
          Reject
        </Button>
      </Hint>
      <Hint label={COMMANDS.edit.label} keys={COMMANDS.edit.keys}>
        <Button variant="ghost" onClick={onEdit} aria-label="Edit" className="max-sm:px-2.5">
          <Pencil aria-hidden />
          <span className="max-sm:hidden">Edit</span>
        </Button>
      </Hint>
      <Hint label={COMMANDS.merge.label} keys={COMMANDS.merge.keys}>
        <Button
          variant="ghost"
          onClick={onMerge}
          isBusy={busyWith === "merge"}
          aria-label="Merge"
          className="max-sm:px-2.5"
        >
          {busyWith !== "merge" && <GitMerge aria-hidden />}
          <span className="max-sm:hidden">Merge</span>
        </Button>
      </Hint>
    </div>
  );
}
