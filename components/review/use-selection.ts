"use client";

import { useState } from "react";

import type { ProposalItem } from "./proposal.ts";

export type Selection = ReturnType<typeof useSelection>;

/** Which proposals of the list are selected for one decision together. Those that left the list are not any more. */
export function useSelection(items: ProposalItem[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [lastId, setLastId] = useState<string | null>(null);
  const selected = items.filter((item) => chosen.has(item.id));

  const toggle = (id: string) => {
    setLastId(id);
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };

  return {
    selected,
    has: (id: string) => chosen.has(id),
    toggle,
    add: (ids: string[]) => setChosen((before) => new Set([...before, ...ids])),
    /** Everything from the one toggled last to this one. */
    extendTo: (id: string) => {
      const from = items.findIndex((item) => item.id === lastId);
      const to = items.findIndex((item) => item.id === id);
      if (from < 0 || to < 0) return toggle(id);
      const range = items.slice(Math.min(from, to), Math.max(from, to) + 1);
      setChosen((before) => new Set([...before, ...range.map((item) => item.id)]));
    },
    clear: () => setChosen(new Set()),
  };
}
