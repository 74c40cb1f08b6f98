import { describe, expect, test } from "vitest";

import { findDue } from "./due.ts";

/** Tuesday afternoon. */
const SENT_AT = new Date("2026-11-24T15:00:00Z");
const due = (text: string, sentAt = SENT_AT, timeZone = "Europe/Berlin") => findDue(text, { sentAt, timeZone });

describe("the day something is due", () => {
  test.for([
    ["renew the permit by Friday", "2026-11-27"],
    ["send it before the end of the week", "2026-11-27"],
    ["by end of month", "2026-11-30"],
    ["by tomorrow 5pm please", "2026-11-25"],
    ["in two weeks", "2026-12-08"],
    ["next Monday", "2026-11-30"],
    ["until 1.12.", "2026-12-01"],
    ["by EOD", "2026-11-24"],
    ["by the 5th", "2026-12-05"],
    ["no later than 3 December 2026", "2026-12-03"],
    ["by 2026-12-03", "2026-12-03"],
    ["до пятницы", "2026-11-27"],
    ["к понедельнику", "2026-11-30"],
    ["ко вторнику", "2026-12-01"],
    ["завтра", "2026-11-25"],
    ["до 15.12", "2026-12-15"],
    ["до конца недели", "2026-11-27"],
  ] as const)("%s", ([text, date]) => {
    expect(due(text)?.date).toBe(date);
  });

  test.for([
    "last Friday it broke",
    "since Monday it is slow",
    "yesterday",
    "you may go now",
    "they march on",
    "in five minutes",
    "version 10.20",
    "the slides for Thursday's demo",
    "move it to Monday",
    "со вторника",
    "nothing at all",
  ])("is none in “%s”", (text) => {
    expect(due(text)).toBeNull();
  });

  test("is counted in the team's time zone", () => {
    const lateEvening = new Date("2026-11-24T23:30:00Z");
    expect(due("tomorrow", lateEvening, "UTC")?.date).toBe("2026-11-25");
    expect(due("tomorrow", lateEvening, "Europe/Berlin")?.date).toBe("2026-11-26");
    expect(due("tomorrow", new Date("2026-11-24T03:00:00Z"), "America/New_York")?.date).toBe("2026-11-24");
  });

  test("comes with the words that name it", () => {
    const text = "please send it by Friday, thanks";
    const found = due(text);
    expect(text.slice(found?.start, found?.end)).toBe("by Friday");
  });

  test("is the deadline where several days are named", () => {
    expect(due("on Wednesday I am away, so finish it by Friday")?.date).toBe("2026-11-27");
  });
});
