"use client";

import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";

const DAY_MS = 86_400_000;
/** How far back it is looked; the address keeps which. */
export const SPANS = {
  month: { label: "Last 4 weeks", days: 28 },
  quarter: { label: "Last 12 weeks", days: 84 },
  year: { label: "Last year", days: 365 },
  ever: { label: "From the beginning", days: null },
} as const;
const SPAN_NAMES = Object.keys(SPANS) as Array<keyof typeof SPANS>;

/** What the page of figures shows, kept in its address. */
export function useFigures() {
  const [openedAt] = useState(() => Date.now());
  const [asked, change] = useQueryStates({
    time: parseAsStringLiteral(SPAN_NAMES).withDefault("quarter"),
    by: parseAsStringLiteral(["week", "run"] as const).withDefault("week"),
    split: parseAsStringLiteral(["none", "kind", "band", "model", "prompt"] as const).withDefault("none"),
    measure: parseAsStringLiteral(["precision", "recall", "editedShare"] as const).withDefault("precision"),
  });
  const { days } = SPANS[asked.time];
  // To the end of the hour: what is decided while the page is open is in it, and a click back finds the same query.
  const end = Math.ceil(openedAt / 3_600_000 + 24) * 3_600_000;
  const span = { from: new Date(days === null ? 0 : end - (days + 1) * DAY_MS), to: new Date(end) };
  // By evidence nothing can have been missed, so there is no such figure.
  const measure = asked.split === "band" && asked.measure === "recall" ? "precision" : asked.measure;
  return { ...asked, measure, span, change: (next: Parameters<typeof change>[0]) => void change(next) };
}
export type FiguresView = ReturnType<typeof useFigures>;
