import { Cron } from "croner";

/** Whether it is a schedule of five fields, e.g. "0 9 * * 1-5": minute, hour, day of the month, month, day of the week. */
export function isSchedule(text: string): boolean {
  if (text.trim().split(/\s+/u).length !== 5) return false;
  try {
    return opened(text, "UTC").nextRun() !== null;
  } catch {
    // The library says what it cannot read by throwing.
    return false;
  }
}

/**
 * The latest moment of a schedule after `after` and not after `until`, null where there is none.
 * @param schedule of five fields, read in the time zone
 */
export function latestMoment(schedule: string, timeZone: string, span: { after: Date; until: Date }): Date | null {
  // The library looks strictly before; a moment that is `until` itself counts.
  const justAfter = new Date(span.until.getTime() + 1_000);
  const [latest] = opened(schedule, timeZone).previousRuns(1, justAfter);
  return latest && latest > span.after && latest <= span.until ? latest : null;
}

/** The next moment of a schedule after `after`, null where none will come. */
export function nextMoment(schedule: string, timeZone: string, after: Date): Date | null {
  return opened(schedule, timeZone).nextRun(after);
}

const opened = (schedule: string, timeZone: string) =>
  new Cron(schedule, { timezone: timeZone, mode: "5-part", paused: true });
