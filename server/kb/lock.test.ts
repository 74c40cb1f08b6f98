import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { openHome, subjects, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

import { createLock } from "./lock.ts";

/** A lock as another process has it: an object, a queue and a connection of its own. */
const lockOf = (ctx: Ctx, kbId: string, timeoutS = 20) =>
  createLock({ db: ctx.db, kbId, timeoutS: async () => timeoutS, holder: async () => "someone is at work" });

test("one at a time across processes, first come first served in each", async ({ ctx }) => {
  const kbId = newId();
  const locks = [lockOf(ctx, kbId), lockOf(ctx, kbId), lockOf(ctx, kbId)];
  const order: number[][] = [[], [], []];
  let inside = 0;
  let most = 0;
  const asked = locks.flatMap((lock, at) =>
    Array.from({ length: 10 }, (_, i) =>
      lock.hold(async () => {
        inside += 1;
        most = Math.max(most, inside);
        await pause(2);
        order[at]?.push(i);
        inside -= 1;
      }),
    ),
  );
  await Promise.all(asked);
  expect(most).toBe(1);
  for (const each of order) expect(each).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await Promise.all(locks.map((lock) => lock.close()));
});

test("whoever waits too long is told who is at work, and gets it later", async ({ ctx }) => {
  const kbId = newId();
  const [holder, sameProcess] = [lockOf(ctx, kbId, 1), lockOf(ctx, kbId, 1)];
  let release = () => {};
  let isHeld = false;
  const held = holder.hold(
    () =>
      new Promise<void>((resolve) => {
        isHeld = true;
        release = resolve;
      }),
  );
  await expect.poll(() => isHeld).toBe(true);
  const waiting = [holder.hold(async () => "x"), sameProcess.hold(async () => "x")];
  for (const each of await Promise.allSettled(waiting)) {
    expect(each).toMatchObject({
      status: "rejected",
      reason: { code: "unavailable", message: /busy: someone is at work/ },
    });
  }
  release();
  await held;
  expect(await Promise.all([holder.hold(async () => 1), sameProcess.hold(async () => 2)])).toEqual([1, 2]);
  await Promise.all([holder.close(), sameProcess.close()]);
});

test("a holder that fails gives the lock back", async ({ ctx }) => {
  const kbId = newId();
  const lock = lockOf(ctx, kbId, 1);
  await expect(lock.hold(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await lock.hold(async () => "free")).toBe("free");
  expect(await lockOf(ctx, kbId, 1).hold(async () => "free")).toBe("free");
});

test("a holder whose connection was cut commits nothing; the lock is free at once, and the next try works", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  const other = await openHome(ctx, home).kbs.open(spaceId);
  let isCut = false;
  const operation = writing("a.md", "a", {
    plan: async () => {
      if (!isCut) {
        isCut = true;
        await db.pool.query(
          `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`,
        );
        // Someone else writes while this one still believes that it holds the lock.
        await other.runOperation(ctx, writing("b.md", "b"));
      }
      return [{ path: "a.md", content: "a" }];
    },
  });
  await expect(kb.runOperation(ctx, operation)).rejects.toMatchObject({ code: "unavailable" });
  expect(await subjects(kb)).toEqual(["Write b.md", "Start the knowledge base"]);
  expect(await kb.runOperation(ctx, operation)).toMatchObject({ isNew: true });
  expect(await subjects(kb)).toEqual(["Write a.md", "Write b.md", "Start the knowledge base"]);
});

test("knowledge bases do not wait for each other", async ({ ctx, make }) => {
  const { kbs } = openHome(ctx);
  const [one, two] = await Promise.all([kbs.open((await make.space()).id), kbs.open((await make.space()).id)]);
  let isOtherDone = false;
  await one.runOperation(
    ctx,
    writing("a.md", "a", {
      plan: async () => {
        await two.runOperation(ctx, writing("b.md", "b"));
        isOtherDone = true;
        return [{ path: "a.md", content: "a" }];
      },
    }),
  );
  expect(isOtherDone).toBe(true);
});

test("the wait is the setting's, and names the operation that is under way", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  await ctx.db.prisma.setting.create({
    data: { spaceId, key: "kb.lockTimeoutS", value: 1, updatedBy: {}, updatedAt: new Date() },
  });
  const kb = await openHome(ctx).kbs.open(spaceId);
  let release = () => {};
  let isAtWork = false;
  const slow = kb.runOperation(
    ctx,
    writing("slow.md", "s", {
      plan: () =>
        new Promise((resolve) => {
          isAtWork = true;
          release = () => resolve([{ path: "slow.md", content: "s" }]);
        }),
    }),
  );
  await expect.poll(() => isAtWork).toBe(true);
  const late = writing("late.md", "l");
  await expect(kb.runOperation(ctx, late)).rejects.toThrow(/“Write slow.md” has been under way since \d\d:\d\d UTC/);
  // It stands in the queue still, for its next try.
  expect(await ctx.db.prisma.kbOperation.findUnique({ where: { id: late.operationId } })).toMatchObject({
    status: "queued",
  });
  release();
  await slow;
  expect(await kb.runOperation(ctx, late)).toMatchObject({ isNew: true });
});
