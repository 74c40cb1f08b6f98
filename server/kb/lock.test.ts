import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import { newId } from "#server/lib/ids.ts";
import { openHome, subjects, writing } from "#tests/support/kb.ts";
import { lockOf } from "#tests/support/kb-room.ts";
import { test } from "#tests/support/test.ts";

import type { KbLock } from "./lock.ts";

/** Takes a lock, and keeps it until it is let go. */
async function keep(lock: KbLock): Promise<{ letGo: () => Promise<void> }> {
  const end = Promise.withResolvers<void>();
  const begin = Promise.withResolvers<void>();
  const held = lock.hold(async () => {
    begin.resolve();
    await end.promise;
  });
  await begin.promise;
  return {
    letGo: async () => {
      end.resolve();
      await held;
    },
  };
}

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
  const [holder, otherProcess] = [lockOf(ctx, kbId, 1), lockOf(ctx, kbId, 1)];
  const { letGo } = await keep(holder);
  const waiting = [holder.hold(async () => "x"), otherProcess.hold(async () => "x")];
  for (const each of await Promise.allSettled(waiting)) {
    expect(each).toMatchObject({
      status: "rejected",
      reason: { code: "unavailable", message: /busy: someone is at work/ },
    });
  }
  await letGo();
  expect(await Promise.all([holder.hold(async () => 1), otherProcess.hold(async () => 2)])).toEqual([1, 2]);
  await Promise.all([holder.close(), otherProcess.close()]);
});

test("the wait in the queue of the process and the one for other processes are one wait, with one bound", async ({
  ctx,
}) => {
  const kbId = newId();
  const [here, there] = [lockOf(ctx, kbId, 2), lockOf(ctx, kbId, 2)];
  const first = await keep(here);
  const startedMs = performance.now();
  const late = here.hold(async () => "x").catch((error: { code: string }) => error.code);
  // Its turn in the process comes after most of its time; by then another process is next.
  const other = there.hold(() => pause(3_000));
  await pause(1_400);
  await first.letGo();
  expect(await late).toBe("unavailable");
  const waitedMs = performance.now() - startedMs;
  expect(waitedMs).toBeGreaterThan(1_900);
  expect(waitedMs).toBeLessThan(2_900);
  await other;
  await Promise.all([here.close(), there.close()]);
});

test("a waiter that is cancelled leaves at once; the next in line gets its turn, in the same process", async ({
  ctx,
}) => {
  const lock = lockOf(ctx, newId());
  const { letGo } = await keep(lock);
  const order: string[] = [];
  const stop = new AbortController();
  const cancelled = lock.hold(async () => void order.push("cancelled"), stop.signal);
  const next = lock.hold(async () => void order.push("next"));
  stop.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled", message: /Nothing was written/ });
  expect(order).toEqual([]);
  await letGo();
  await next;
  expect(order).toEqual(["next"]);
  // Whoever comes cancelled does not even wait.
  await expect(lock.hold(async () => "x", stop.signal)).rejects.toMatchObject({ code: "cancelled" });
  expect(await lock.hold(async () => "free")).toBe("free");
  await lock.close();
});

test("the same across processes: whoever waits behind the cancelled one is next", async ({ ctx }) => {
  const kbId = newId();
  const [holder, impatient, patient] = [lockOf(ctx, kbId), lockOf(ctx, kbId), lockOf(ctx, kbId)];
  const { letGo } = await keep(holder);
  const order: string[] = [];
  const stop = new AbortController();
  const cancelled = impatient.hold(async () => void order.push("cancelled"), stop.signal);
  await pause(100);
  const behindInProcess = impatient.hold(async () => void order.push("behind in process"));
  const behind = patient.hold(async () => void order.push("behind"));
  await pause(100);
  stop.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  // Before it has a connection to wait on it is no different.
  const early = new AbortController();
  const cancelledEarly = lockOf(ctx, kbId).hold(async () => void order.push("cancelled"), early.signal);
  early.abort();
  await expect(cancelledEarly).rejects.toMatchObject({ code: "cancelled" });
  await letGo();
  await Promise.all([behind, behindInProcess]);
  expect(order.toSorted()).toEqual(["behind", "behind in process"]);
  await Promise.all([holder.close(), impatient.close(), patient.close()]);
});

test("work that has begun goes on when it is cancelled, and the lock is free after it", async ({ ctx }) => {
  const lock = lockOf(ctx, newId());
  const stop = new AbortController();
  const done = lock.hold(async ({ assertHeld }) => {
    stop.abort();
    await assertHeld();
    return "done";
  }, stop.signal);
  expect(await done).toBe("done");
  expect(await lock.hold(async () => "free")).toBe("free");
  await lock.close();
});

test("an operation that is cancelled while it waits writes nothing, and the others behind it do", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  const other = await openHome(ctx, home).kbs.open(spaceId);
  const { letGo } = await keep(lockOf(ctx, kb.id));
  const stop = new AbortController();
  const cancelled = [kb, other].map((each, at) =>
    each.runOperation(ctx, writing(`cancelled-${at}.md`, "x"), { signal: stop.signal }),
  );
  const behind = [kb, other].map((each, at) => each.runOperation(ctx, writing(`behind-${at}.md`, "x")));
  await pause(200);
  stop.abort();
  for (const each of await Promise.allSettled(cancelled)) {
    expect(each).toMatchObject({ status: "rejected", reason: { code: "cancelled" } });
  }
  await letGo();
  expect((await Promise.all(behind)).map((result) => result?.isNew)).toEqual([true, true]);
  expect(await kb.tree().then((tree) => tree.list(""))).toEqual(["behind-0.md", "behind-1.md", "index.md"]);
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
  // It is said why, and its next try is a new wait.
  expect(await ctx.db.prisma.kbOperation.findUnique({ where: { id: late.operationId } })).toMatchObject({
    status: "failed",
    failure: expect.stringContaining("Write slow.md"),
  });
  release();
  await slow;
  expect(await kb.runOperation(ctx, late)).toMatchObject({ isNew: true });
});
