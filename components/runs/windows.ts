import { dayKey } from "#components/ui/time-format.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const PRESETS = ["hour", "since", "today", "day", "week", "custom"] as const;
export type Preset = (typeof PRESETS)[number];

export const PRESET_WORDS = {
  hour: "Last hour",
  since: "Since the last run",
  today: "Today",
  day: "Last 24 hours",
  week: "Last 7 days",
  custom: "Other",
} as const satisfies Record<Preset, string>;

export type Span = { windowStart: Date; windowEnd: Date };

/** The window of a preset, ending now. */
export function presetWindow(preset: Exclude<Preset, "custom" | "since">, now: Date, timeZone: string): Span {
  const start = {
    hour: () => now.getTime() - HOUR_MS,
    today: () => startOfDay(now, timeZone),
    day: () => now.getTime() - DAY_MS,
    week: () => now.getTime() - 7 * DAY_MS,
  }[preset]();
  return { windowStart: new Date(start), windowEnd: now };
}

/** Midnight of the day in a zone, in milliseconds; found from the zone's own clock, so also where a day has 23 or 25 hours. */
function startOfDay(now: Date, timeZone: string): number {
  const today = dayKey(now, timeZone);
  // The latest moment that still belongs to the day before lies within the last 25 hours.
  let before = now.getTime() - 25 * HOUR_MS;
  let within = now.getTime();
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (dayKey(new Date(middle), timeZone) === today) within = middle;
    else before = middle;
  }
  return within;
}

/** A moment as a `datetime-local` field shows it, in the browser's zone. */
export function toLocalInput(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** What a `datetime-local` field says, null where it is empty or half filled in. */
export function fromLocalInput(text: string): Date | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at;
}
