const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A span as people say it in a list: "just now", "4 min", "3 h", "2 d", "5 w". */
export function formatAge(ms: number): string {
  if (ms < 45_000) return "just now";
  if (ms < HOUR_MS) return `${Math.max(1, Math.round(ms / MINUTE_MS))} min`;
  if (ms < DAY_MS) return `${Math.round(ms / HOUR_MS)} h`;
  if (ms < 14 * DAY_MS) return `${Math.round(ms / DAY_MS)} d`;
  return `${Math.round(ms / (7 * DAY_MS))} w`;
}

/** How long something took: "240 ms", "3.1 s", "2 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < MINUTE_MS) return `${Math.round(ms / 1000)} s`;
  const minutes = Math.floor(ms / MINUTE_MS);
  const seconds = Math.round((ms % MINUTE_MS) / 1000);
  return minutes < 60 ? `${minutes} min ${seconds} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "21 Nov 2026, 10:05" */
export const formatMoment = (at: Date, timeZone: string) =>
  formatter(timeZone, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(
    at,
  );

/** "21 Nov 2026" */
export const formatDate = (at: Date, timeZone: string) =>
  formatter(timeZone, { day: "numeric", month: "short", year: "numeric" }).format(at);

/** "10:05" */
export const formatTime = (at: Date, timeZone: string) =>
  formatter(timeZone, { hour: "2-digit", minute: "2-digit" }).format(at);

/** "Today", "Yesterday", "Thursday 19 November", with the year where it is another one. */
export function formatDay(at: Date, timeZone: string, now: number): string {
  const day = dayKey(at, timeZone);
  if (day === dayKey(new Date(now), timeZone)) return "Today";
  if (day === dayKey(new Date(now - DAY_MS), timeZone)) return "Yesterday";
  const isThisYear = day.slice(0, 4) === dayKey(new Date(now), timeZone).slice(0, 4);
  return formatter(timeZone, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(at);
}

/** A span of time: "21 Nov, 09:00–10:30", or with both days where it crosses midnight. */
export function formatWindow(from: Date, to: Date, timeZone: string): string {
  const day = formatter(timeZone, { day: "numeric", month: "short" });
  const start = `${day.format(from)}, ${formatTime(from, timeZone)}`;
  return dayKey(from, timeZone) === dayKey(to, timeZone)
    ? `${start}–${formatTime(to, timeZone)}`
    : `${start} – ${day.format(to)}, ${formatTime(to, timeZone)}`;
}

/** The calendar day as yyyy-mm-dd. */
export function dayKey(at: Date, timeZone: string): string {
  return formatter(timeZone, { year: "numeric", month: "2-digit", day: "2-digit" }, "sv-SE").format(at);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make, and a list needs the same few a hundred times. The language is fixed: so is the page's. */
function formatter(timeZone: string, options: Intl.DateTimeFormatOptions, locale = "en-GB"): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, options]);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, { timeZone, ...options });
  formatters.set(key, made);
  return made;
}
