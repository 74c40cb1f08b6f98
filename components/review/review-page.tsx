"use client";

import { useState } from "react";

import { useCommands } from "#components/shell/commands.tsx";
import { useReadOnlyReason } from "#components/shell/space.tsx";
import { cn } from "#components/ui/cn.ts";

import { EmptyQueue } from "./empty-queue.tsx";
import { DETAIL_ID, focusAfterDecision, focusHeading, focusShown } from "./focus.ts";
import { MergeDialog } from "./merge-dialog.tsx";
import { Neighbours } from "./neighbours.tsx";
import { ProposalView } from "./proposal-view.tsx";
import { QueueList } from "./queue-list.tsx";
import type { Reason } from "./reject-bar.tsx";
import { reviewCommands } from "./review-commands.ts";
import { useDecisions } from "./use-decisions.ts";
import { useMode } from "./use-mode.ts";
import { useProposal } from "./use-proposal.ts";
import { useQueue } from "./use-queue.ts";
import { useSelection } from "./use-selection.ts";
import { counted } from "./words.ts";

/** The queue and the proposal that is looked at, decided by keyboard, mouse or thumb. */
export function ReviewPage() {
  const queue = useQueue();
  const { shownId, items } = queue;
  const selection = useSelection(items);
  const [mode, setMode] = useMode(shownId);
  const { proposal: shown, history, error, refetch } = useProposal(shownId, items);
  const [mergeInto, setMergeInto] = useState<string | null>(null);
  const [news, setNews] = useState("");
  const isReadOnly = useReadOnlyReason() !== undefined;
  const canDecide = !isReadOnly && shown?.status === "pending";
  const { selected } = selection;

  const decisions = useDecisions({
    onDecided: (ids) => {
      const leaving = new Set(ids);
      const next = queue.successor(leaving);
      if (shownId === null || leaving.has(shownId)) {
        queue.show(next?.id ?? null);
        focusAfterDecision(next?.id ?? null);
      } else focusShown();
      selection.clear();
      const left = Math.max(0, (queue.counts?.pending ?? 0) - ids.length);
      setNews(next ? `${counted(left, "proposal")} waiting. Now: ${next.title}` : "All decided.");
    },
    onReopened: (id) => {
      queue.showPending(id);
      focusShown();
    },
  });

  const approve = () => {
    if (selected.length > 0) void decisions.decideMany(selected, "approve");
    else if (canDecide) void decisions.decide(shown, { action: "approve" });
  };
  const reject = (why?: Reason) => {
    setMode("read");
    if (selected.length > 0) void decisions.decideMany(selected, "reject", why);
    else if (canDecide) void decisions.decide(shown, { action: "reject", ...(why ? { why } : {}) });
  };
  const leaveMode = () => {
    setMode("read");
    focusShown();
  };

  useCommands(
    reviewCommands({ queue, selection, shown, isReadOnly, mode, setMode, approve, undoLast: decisions.undoLast }),
  );

  const isRejectingMany = mode === "reject" && selected.length > 0;
  const isEmpty = queue.query.isSuccess && items.length === 0 && shownId === null;
  const busyWith = shownId && decisions.busy?.ids.has(shownId) ? decisions.busy.action : null;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <h1 className="sr-only">Review</h1>
      <p className="sr-only" role="status">
        {news}
      </p>
      <div className={cn("grid min-h-0 flex-1 lg:grid-cols-list lg:grid-rows-1", isEmpty && "grid-rows-head")}>
        <QueueList
          queue={queue}
          selection={selection}
          busy={decisions.busy}
          canSelect={!isReadOnly}
          isRejecting={isRejectingMany}
          onOpen={(id, byKeyboard) => {
            queue.open(id);
            if (byKeyboard) focusHeading();
          }}
          onApproveSelected={approve}
          onRejectSelected={reject}
          onAskReason={(asks) => (asks ? setMode("reject") : leaveMode())}
          className={cn(queue.isOpen && "hidden lg:flex")}
        />
        <section
          id={DETAIL_ID}
          aria-label="Proposal"
          className={cn("min-h-0 min-w-0", !queue.isOpen && !isEmpty && "hidden lg:block")}
        >
          {isEmpty && (
            <div className="flex h-full items-center overflow-y-auto">
              <EmptyQueue queue={queue} />
            </div>
          )}
          {shownId && (
            <ProposalView
              proposal={shown}
              history={history}
              error={error}
              mode={isRejectingMany ? "read" : mode}
              busyWith={busyWith}
              neighbours={<Neighbours queue={queue} />}
              onRetry={refetch}
              onApprove={() => void (canDecide && decisions.decide(shown, { action: "approve" }))}
              onReject={reject}
              onReopen={() => shown && decisions.reopen(shown)}
              onMode={(next, target) => {
                setMergeInto(target ?? null);
                if (next === "read") leaveMode();
                else setMode(next);
              }}
              onClose={queue.close}
            />
          )}
        </section>
      </div>
      {mode === "merge" && canDecide && (
        <MergeDialog
          proposal={shown}
          initialId={mergeInto}
          isBusy={decisions.busy !== null}
          onClose={() => {
            setMergeInto(null);
            setMode("read");
          }}
          onMerge={(into, intoTitle) => {
            void decisions.decide(shown, { action: "merge", into, intoTitle }).then((isDone) => {
              if (isDone) setMode("read");
            });
          }}
        />
      )}
    </div>
  );
}
