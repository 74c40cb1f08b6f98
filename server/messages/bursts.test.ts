import { describe, expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { closeBurst, joinBurst } from "./index.ts";

// Guarantees: messages within the window are one burst, never longer than five minutes; one that is over takes nothing more in.

const START = Date.parse("2026-11-24T10:00:00Z");

async function open(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const chat = await make.chat({ spaceId });
  const { id: contributorId } = await make.contributor({ spaceId });
  let atMs = START;
  const clock: Ctx = { ...ctx, now: () => new Date(atMs) };
  return {
    clock,
    wait: (seconds: number) => (atMs += seconds * 1000),
    /** @returns the burst, and in how many seconds it is over */
    say: async (mediaGroupId: string | null = null) => {
      const { id: messageId } = await make.message({ chatId: chat.id, contributorId });
      const joined = await transaction(ctx.db, (tx) =>
        joinBurst(tx, clock, { spaceId, chatId: chat.id, contributorId, messageId, mediaGroupId, windowS: 30 }),
      );
      return { ...joined, overIn: (joined.dueAt.getTime() - atMs) / 1000 };
    },
    close: (burstId: string, isNow = false) => transaction(ctx.db, (tx) => closeBurst(tx, clock, { burstId, isNow })),
  };
}

describe("a burst", () => {
  test("begins its window anew with each message, for five minutes at most", async ({ ctx, make }) => {
    const { say, wait } = await open(ctx, make);
    const first = await say();
    expect(first).toMatchObject({ isNew: true, overIn: 30 });
    for (let count = 0; count < 10; count += 1) {
      wait(29);
      const next = await say();
      expect(next).toMatchObject({ burstId: first.burstId, isNew: false });
      expect(next.overIn).toBe(Math.min(30, 300 - 29 * (count + 1)));
    }
    wait(11);
    expect(await say()).toMatchObject({ isNew: true, overIn: 30 });
  });

  test("that is over takes nothing more in, even before it is closed", async ({ ctx, make }) => {
    const { say, wait, close } = await open(ctx, make);
    const { burstId } = await say();
    wait(31);
    const other = await say();
    expect(other.burstId).not.toBe(burstId);
    expect(await close(burstId)).toBeNull();
    expect(await close(other.burstId)).toEqual(other.dueAt);
    expect(await close(other.burstId, true)).toBeNull();
  });

  test("that is an album alone is over a moment after its last part", async ({ ctx, make }) => {
    const { say, wait } = await open(ctx, make);
    expect((await say("album")).overIn).toBe(1.5);
    wait(1);
    expect(await say("album")).toMatchObject({ isNew: false, overIn: 1.5 });
    wait(1);
    // A word to it, in time: now it is more than an album.
    expect(await say()).toMatchObject({ isNew: false, overIn: 30 });
  });

  test("of two people in one chat are two", async ({ ctx, make }) => {
    const [one, other] = [await open(ctx, make), await open(ctx, make)];
    expect((await one.say()).burstId).not.toBe((await other.say()).burstId);
  });
});
