"use client";

import { useNow, useTimeZone } from "./clock.tsx";
import { formatAge, formatDay, formatMoment, formatTime, formatWindow } from "./time-format.ts";

// Browsers and the server bring their own tables of how dates are written, down to the commas: hence suppressHydrationWarning.

/** How long ago: "4 min" in lists, "4 min ago" in sentences. The exact time stands in the tooltip. */
export function Age({ at, inWords = false, className }: { at: Date; inWords?: boolean; className?: string }) {
  const age = formatAge(useNow() - at.getTime());
  const timeZone = useTimeZone();
  return (
    <time dateTime={at.toISOString()} title={formatMoment(at, timeZone)} className={className} suppressHydrationWarning>
      {inWords && age !== "just now" ? `${age} ago` : age}
    </time>
  );
}

/** A moment as day and time, or only one of both. */
export function Moment({
  at,
  show = "both",
  className,
}: {
  at: Date;
  show?: keyof typeof FORMATS;
  className?: string;
}) {
  const timeZone = useTimeZone();
  const now = useNow();
  return (
    <time
      dateTime={at.toISOString()}
      title={show === "both" ? undefined : formatMoment(at, timeZone)}
      className={className}
      suppressHydrationWarning
    >
      {FORMATS[show](at, timeZone, now)}
    </time>
  );
}

/** From when to when. */
export function TimeWindow({ from, to, className }: { from: Date; to: Date; className?: string }) {
  const timeZone = useTimeZone();
  return (
    <span className={className} suppressHydrationWarning>
      {formatWindow(from, to, timeZone)}
    </span>
  );
}

const FORMATS = { both: formatMoment, day: formatDay, time: formatTime };
