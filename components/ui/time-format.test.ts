import { expect, test } from "vitest";

import { formatAge, formatDay, formatDuration, formatWindow } from "./time-format.ts";

const minute = 60_000;
const hour = 60 * minute;

test("ages are said in the largest unit that fits", () => {
  expect([0, 44_000, -5_000].map(formatAge)).toEqual(["just now", "just now", "just now"]);
  expect([minute, 59 * minute, hour, 23 * hour, 24 * hour, 13 * 24 * hour, 21 * 24 * hour].map(formatAge)).toEqual([
    "1 min",
    "59 min",
    "1 h",
    "23 h",
    "1 d",
    "13 d",
    "3 w",
  ]);
});

test("durations keep the digits that matter", () => {
  expect([240, 3_140, 42_400, 125_000, 2 * hour + 5 * minute].map(formatDuration)).toEqual([
    "240 ms",
    "3.1 s",
    "42 s",
    "2 min 5 s",
    "2 h 5 min",
  ]);
});

test("a day is named as seen from the viewer's zone", () => {
  const at = new Date("2026-11-20T22:30:00Z");
  const now = new Date("2026-11-21T09:00:00Z").getTime();
  expect(formatDay(at, "UTC", now)).toBe("Yesterday");
  expect(formatDay(at, "Europe/Helsinki", now)).toBe("Today");
  expect(formatDay(new Date("2025-11-19T12:00:00Z"), "UTC", now)).toMatch(/^Wednesday,? 19 November 2025$/);
});

test("a window within one day names the day once", () => {
  const from = new Date("2026-11-21T09:00:00Z");
  expect(formatWindow(from, new Date("2026-11-21T10:30:00Z"), "UTC")).toBe("21 Nov, 09:00–10:30");
  expect(formatWindow(from, new Date("2026-11-22T10:30:00Z"), "UTC")).toBe("21 Nov, 09:00 – 22 Nov, 10:30");
});
