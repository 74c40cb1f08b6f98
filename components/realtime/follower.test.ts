import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { EventNotice } from "#server/events/schema.ts";

import { createFollower } from "./follower.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const notice = (seq: number): EventNotice => ({
  seq,
  type: "message.received",
  subjectId: `m${seq}`,
  at: "2026-11-21T10:00:00.000Z",
});

/** A follower of a log that holds 1 to `newest`, and what it handed over. */
function follow(options: { from: number; newest: number; isComplete?: boolean }) {
  const log = { newest: options.newest };
  const seen: number[] = [];
  const asked: number[] = [];
  const errors: unknown[] = [];
  let lost = 0;
  let isDown = false;
  const follower = createFollower({
    from: options.from,
    fetchSince: async (after) => {
      asked.push(after);
      if (isDown) throw new Error("no network");
      const notices = Array.from({ length: log.newest - after }, (_, index) => notice(after + 1 + index));
      return { notices, newest: log.newest, isComplete: options.isComplete ?? true };
    },
    onNotices: (notices) => seen.push(...notices.map((each) => each.seq)),
    onLost: () => (lost += 1),
    onError: (error) => errors.push(error),
  });
  return { follower, log, seen, asked, errors, lost: () => lost, goDown: (down: boolean) => (isDown = down) };
}

test("each notice is handed over once, also when it comes twice", () => {
  const { follower, seen } = follow({ from: 4, newest: 4 });
  follower.receive(notice(5));
  follower.receive(notice(5));
  follower.receive(notice(3));
  expect(seen).toEqual([5]);
  expect(follower.position()).toBe(5);
});

test("a missing number is asked for after a moment, and handed over once", async () => {
  const { follower, log, seen, asked } = follow({ from: 4, newest: 4 });
  log.newest = 7;
  follower.receive(notice(7));
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toEqual([4]);
  expect(seen).toEqual([7, 5, 6]);
  expect(follower.position()).toBe(7);
});

test("numbers that overtake each other by a moment are no gap", async () => {
  const { follower, seen, asked } = follow({ from: 4, newest: 7 });
  for (const seq of [6, 7, 5]) follower.receive(notice(seq));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen).toEqual([6, 7, 5]);
  expect(asked).toEqual([]);
});

test("catching up hands over what was missed while away", async () => {
  const { follower, seen } = follow({ from: 2, newest: 5 });
  await follower.catchUp();
  expect(seen).toEqual([3, 4, 5]);
});

test("a gap that could not be filled is asked for again", async () => {
  const { follower, log, seen, errors, goDown } = follow({ from: 4, newest: 4 });
  log.newest = 6;
  goDown(true);
  follower.receive(notice(6));
  await vi.advanceTimersByTimeAsync(200);
  expect(errors).toHaveLength(1);
  goDown(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(seen).toEqual([6, 5]);
});

test("whoever missed too much is told to look at everything again, and goes on from there", async () => {
  const { follower, seen, lost } = follow({ from: 4, newest: 9_000, isComplete: false });
  await follower.catchUp();
  expect(lost()).toBe(1);
  expect(seen).toEqual([]);
  follower.receive(notice(9_001));
  expect(seen).toEqual([9_001]);
  expect(follower.position()).toBe(9_001);
});
