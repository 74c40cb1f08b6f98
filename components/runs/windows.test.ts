import { expect, test } from "vitest";

import { presetWindow } from "./windows.ts";

test("today starts at midnight of the viewer's own day", () => {
  const now = new Date("2026-11-21T02:30:00Z");
  expect(presetWindow("today", now, "UTC").windowStart).toEqual(new Date("2026-11-21T00:00:00Z"));
  expect(presetWindow("today", now, "America/New_York").windowStart).toEqual(new Date("2026-11-20T05:00:00Z"));
});

test("today starts at midnight on the days that are an hour longer or shorter", () => {
  const longDay = new Date("2026-10-25T22:30:00Z");
  expect(presetWindow("today", longDay, "Europe/Berlin").windowStart).toEqual(new Date("2026-10-24T22:00:00Z"));
  const shortDay = new Date("2026-03-29T21:30:00Z");
  expect(presetWindow("today", shortDay, "Europe/Berlin").windowStart).toEqual(new Date("2026-03-28T23:00:00Z"));
});

test("the other presets end now", () => {
  const now = new Date("2026-11-21T02:30:00Z");
  expect(presetWindow("week", now, "UTC")).toEqual({ windowStart: new Date("2026-11-14T02:30:00Z"), windowEnd: now });
});
