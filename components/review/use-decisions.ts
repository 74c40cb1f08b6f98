"use client";

import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { toast } from "#components/ui/toast.tsx";

import type { Decided, ProposalItem } from "./proposal.ts";
import type { Reason } from "./reject-bar.tsx";
import { counted, inWords } from "./words.ts";

export type Decision =
  | { action: "approve" }
  | { action: "reject"; why?: Reason }
  | { action: "merge"; into: MergeTarget; intoTitle: string };
export type MergeTarget = { type: "proposal"; proposalId: string } | { type: "note"; noteId: string };

type Seen = Pick<ProposalItem, "id" | "version" | "title">;
/** Something that `z` takes back. */
type Undoable = { items: Array<{ proposalId: string; version: number }>; what: string; toastId?: string | number };

const UNDO_MS = 10_000;
const UNDO_DEPTH = 50;
const DONE = { approve: "Approved", reject: "Rejected", merge: "Merged" } as const;

/** What is on its way to the server. */
export type Busy = { ids: ReadonlySet<string>; action: string };

/**
 * Decides proposals and takes decisions back. One at a time: presses while one is under way do nothing.
 * @param onDecided called when the server has confirmed, before the list changes
 * @param onReopened called with a proposal that is waiting again
 */
export function useDecisions(callbacks: { onDecided: (ids: string[]) => void; onReopened: (id: string) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const spaceId = space.id;
  const approve = useMutation(trpc.proposals.approve.mutationOptions());
  const reject = useMutation(trpc.proposals.reject.mutationOptions());
  const merge = useMutation(trpc.proposals.merge.mutationOptions());
  const undo = useMutation(trpc.proposals.undo.mutationOptions());
  const bulk = useMutation(trpc.proposals.bulk.mutationOptions());

  const underWay = useRef(false);
  // The answer comes later than the press, and the list may have changed in between.
  const latest = useRef(callbacks);
  useEffect(() => {
    latest.current = callbacks;
  });
  const [busy, setBusy] = useState<Busy | null>(null);
  const undoable = useRef<Undoable[]>([]);

  /** The list moves on before the server is asked again. */
  const settle = async (decided: Decided[]) => {
    const byId = new Map(decided.map((each) => [each.id, each]));
    const lists = trpc.proposals.list.infiniteQueryFilter({ spaceId });
    // An answer that is on its way may be older than the decision and would bring back what has just left.
    await queryClient.cancelQueries(lists);
    queryClient.setQueriesData<InfiniteData<Outputs["proposals"]["list"]>>(
      lists,
      (data) => data && withoutDecided(data, byId),
    );
    for (const { id, status, version } of decided) {
      queryClient.setQueriesData<Outputs["proposals"]["byId"]>(
        trpc.proposals.byId.queryFilter({ spaceId, proposalId: id }),
        (data) => data && { ...data, status, version },
      );
    }
    void queryClient.invalidateQueries(trpc.proposals.byId.pathFilter());
    return queryClient.invalidateQueries(trpc.proposals.list.pathFilter());
  };

  /** Runs one thing at a time and tells what went wrong; false when nothing was changed. */
  const guarded = async (ids: string[], action: string, work: () => Promise<void>): Promise<boolean> => {
    if (underWay.current) return false;
    underWay.current = true;
    setBusy({ ids: new Set(ids), action });
    try {
      await work();
      return true;
    } catch (error) {
      toast.error(messageOf(error));
      void queryClient.invalidateQueries(trpc.proposals.pathFilter());
      return false;
    } finally {
      underWay.current = false;
      setBusy(null);
    }
  };

  const offerUndo = (entry: Undoable, message: string, description?: string) => {
    undoable.current = [...undoable.current, entry].slice(-UNDO_DEPTH);
    entry.toastId = toast.success(message, {
      description,
      duration: UNDO_MS,
      action: { label: "Undo", onClick: () => void takeBack(entry) },
    });
  };

  const decide = (seen: Seen, decision: Decision): Promise<boolean> =>
    guarded([seen.id], decision.action, async () => {
      const subject = { spaceId, proposalId: seen.id, version: seen.version };
      const decided =
        decision.action === "approve"
          ? await approve.mutateAsync(subject)
          : decision.action === "reject"
            ? await reject.mutateAsync({ ...subject, ...decision.why })
            : await merge.mutateAsync({ ...subject, into: decision.into });
      latest.current.onDecided([seen.id]);
      void settle([decided]);
      const detail =
        decision.action === "merge"
          ? `Into “${decision.intoTitle}”`
          : decision.action === "reject"
            ? inWords(decision.why)
            : undefined;
      const entry = { items: [{ proposalId: decided.id, version: decided.version }], what: `“${seen.title}”` };
      offerUndo(entry, `${DONE[decision.action]} “${seen.title}”`, detail);
    });

  const decideMany = (items: Seen[], action: "approve" | "reject", why?: Reason): Promise<boolean> =>
    guarded(
      items.map((item) => item.id),
      action,
      async () => {
        const results = await bulk.mutateAsync({
          spaceId,
          action,
          ...why,
          items: items.map((item) => ({ proposalId: item.id, version: item.version })),
        });
        const decided = results.flatMap((result) => (result.decided ? [result.decided] : []));
        const refused = results.flatMap((result) => (result.refusal ? [result.refusal] : []));
        latest.current.onDecided(decided.map((each) => each.id));
        void settle(decided);
        if (decided.length > 0) {
          const what = counted(decided.length, "proposal");
          const undoItems = decided.map((each) => ({ proposalId: each.id, version: each.version }));
          offerUndo({ items: undoItems, what }, `${DONE[action]} ${what}`, inWords(why));
        }
        if (refused.length > 0) toast.error(`${counted(refused.length, "proposal")} not changed: ${refused[0]}`);
      },
    );

  const takeBack = (entry: Undoable): Promise<boolean> => {
    const [first] = entry.items;
    if (!first) return Promise.resolve(false);
    return guarded([], "undo", async () => {
      undoable.current = undoable.current.filter((each) => each !== entry);
      toast.dismiss(entry.toastId);
      const reopened: Decided[] = [];
      if (entry.items.length === 1) reopened.push(await undo.mutateAsync({ spaceId, ...first }));
      else {
        const results = await bulk.mutateAsync({ spaceId, action: "undo", items: entry.items });
        reopened.push(...results.flatMap((result) => (result.decided ? [result.decided] : [])));
        const refusal = results.find((result) => result.refusal)?.refusal;
        if (refusal) toast.error(`Not everything could be taken back: ${refusal}`);
      }
      // It has to be in the list before it can be looked at there.
      await settle(reopened);
      if (reopened[0]) latest.current.onReopened(reopened[0].id);
      toast(`${entry.what} ${entry.items.length === 1 ? "is" : "are"} waiting again.`);
    });
  };

  return {
    busy,
    decide,
    decideMany,
    undoLast: () => {
      const entry = undoable.current.at(-1);
      if (entry) void takeBack(entry);
      else toast("Nothing to undo here. Decided proposals can be put back from their own page.");
    },
    /** Puts a decided proposal back, however long ago it was decided. */
    reopen: (seen: Seen) =>
      void takeBack({ items: [{ proposalId: seen.id, version: seen.version }], what: `“${seen.title}”` }),
  };
}

/** The cached queue without what was just decided, so that it moves on before the server is asked again. */
function withoutDecided(
  data: InfiniteData<Outputs["proposals"]["list"]>,
  decided: ReadonlyMap<string, Decided>,
): InfiniteData<Outputs["proposals"]["list"]> {
  const leaves = (item: ProposalItem) => {
    const now = decided.get(item.id);
    return now !== undefined && now.status !== item.status;
  };
  const leaving = data.pages.flatMap((page) => page.items.filter(leaves));
  return {
    ...data,
    pages: data.pages.map((page) => {
      const counts = { ...page.counts };
      for (const item of leaving) {
        counts[item.status] -= 1;
        counts[decided.get(item.id)?.status ?? item.status] += 1;
      }
      return { ...page, items: page.items.filter((item) => !leaves(item)), counts };
    }),
  };
}
