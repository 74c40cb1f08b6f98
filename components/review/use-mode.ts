"use client";

import { useState } from "react";

/** What is being done with the shown proposal. */
export type Mode = "read" | "reject" | "edit" | "merge";

/** The mode of the shown proposal: another proposal starts in `read` again. */
export function useMode(shownId: string | null): [Mode, (mode: Mode) => void] {
  const [{ mode, of }, set] = useState<{ mode: Mode; of: string | null }>({ mode: "read", of: null });
  return [of === shownId ? mode : "read", (next) => set({ mode: next, of: shownId })];
}
