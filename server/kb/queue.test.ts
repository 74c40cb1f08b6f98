// What people see of the lock: who holds it, who waits in which place, how long that took, and the two events of each time.
import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { openHome, writing } from "#tests/support/kb.ts";
import { lockOf, roomOf } from "#tests/support/kb-room.ts";
import { test } from "#tests/support/test.ts";

import { beginRows } from "./operation-rows.ts";
import { kbLockTimes, kbQueue } from "./queries.ts";

/** An operation that stays in its plan until it is let go. */
function slow(path: string) {
  const end = Promise.withResolvers<void>();
  const begin = Promise.withResolvers<void>();
  const operation = writing(path, "s", {
    plan: async () => {
      begin.resolve();
      await end.promise;
      return [{ path, content: "s" }];
    },
  });
  return { operation, begun: begin.promise, letGo: () => end.resolve() };
}

async function lockEvents(ctx: Ctx, spaceId: string): Promise<Array<[type: string, operationId: unknown]>> {
  const events = await eventsSince(ctx.db, { spaceId, after: 0 });
  return events
    .filter((event) => event.type === "kb.locked" || event.type === "kb.released")
    .map((event) => [event.type, event.payload.operationId]);
}

test("the queue says who holds the lock and who waits, in order, and everyone their own place; across processes", async ({
  ctx,
  as,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  const otherProcess = await openHome(ctx, home).kbs.open(spaceId);
  const [vera, nora, ilse] = [
    as((await make.user({ spaceId, name: "Vera" })).actor),
    as((await make.user({ spaceId, name: "Nora" })).actor),
    as((await make.user({ spaceId, name: "Ilse" })).actor),
  ];
  expect(await kbQueue(vera, { spaceId })).toEqual({ holder: null, waiting: [], myPlace: null });

  const first = slow("first.md");
  const done = [kb.runOperation(vera, first.operation)];
  await first.begun;
  for (const [at, each] of [nora, ilse, nora].entries()) {
    const where = at === 1 ? otherProcess : kb;
    done.push(where.runOperation(each, writing(`${at}.md`, "x", { kind: "create" })));
    await pause(5);
  }
  await expect.poll(async () => (await kbQueue(ctx, { spaceId })).waiting.length).toBe(3);
  const seen = await kbQueue(ilse, { spaceId });
  expect(seen.holder).toMatchObject({
    id: first.operation.operationId,
    subject: "Write first.md",
    for: "Vera",
    isMine: false,
    workedBy: expect.stringMatching(/:\d+$/),
    startedAt: expect.any(Date),
  });
  expect(seen.waiting.map((each) => [each.place, each.for, each.subject, each.isMine, each.isInterrupted])).toEqual([
    [1, "Nora", "Write 0.md", false, false],
    [2, "Ilse", "Write 1.md", true, false],
    [3, "Nora", "Write 2.md", false, false],
  ]);
  expect(seen.myPlace).toBe(2);
  expect((await kbQueue(nora, { spaceId })).myPlace).toBe(1);
  expect((await kbQueue(vera, { spaceId })).myPlace).toBeNull();
  expect((await kbQueue(vera, { spaceId })).holder?.isMine).toBe(true);
  expect((await kbQueue(vera, { spaceId: (await make.space()).id })).holder).toBeNull();

  first.letGo();
  await Promise.all(done);
  expect(await kbQueue(vera, { spaceId })).toEqual({ holder: null, waiting: [], myPlace: null });
});

test("whoever has the lock at once never stands in the queue", async ({ ctx, make, db }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const statuses = new Set<string | undefined>();
  const operation = writing("a.md", "a", {
    plan: async () => {
      statuses.add((await db.prisma.kbOperation.findUnique({ where: { id: operation.operationId } }))?.status);
      return [{ path: "a.md", content: "a" }];
    },
  });
  await kb.runOperation(ctx, operation);
  expect(statuses).not.toContain("queued");
});

test("an operation that was cut off is shown as waiting for its next try, and not as the holder", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  const operation = writing("a.md", "a");
  await beginRows(ctx, roomOf(ctx, kb, home), [operation], { tip: null, startedAt: ctx.now() });
  const queue = await kbQueue(ctx, { spaceId });
  expect(queue.holder).toBeNull();
  expect(queue.waiting).toMatchObject([{ id: operation.operationId, place: 1, isInterrupted: true }]);
  await kb.runOperation(ctx, operation);
  expect((await kbQueue(ctx, { spaceId })).waiting).toEqual([]);
});

test("a waiter whose turn does not come in time leaves the queue with the reason; one that is cancelled stays for its next try", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  await db.prisma.setting.create({
    data: { spaceId, key: "kb.lockTimeoutS", value: 1, updatedBy: {}, updatedAt: new Date() },
  });
  const kb = await openHome(ctx).kbs.open(spaceId);
  const first = slow("first.md");
  const holding = kb.runOperation(ctx, first.operation);
  await first.begun;
  const [late, stopped] = [writing("late.md", "l"), writing("stopped.md", "s")];
  const stop = new AbortController();
  const waiting = [kb.runOperation(ctx, late), kb.runOperation(ctx, stopped, { signal: stop.signal })];
  await expect.poll(async () => (await kbQueue(ctx, { spaceId })).waiting.length).toBe(2);
  stop.abort();
  await Promise.allSettled(waiting);
  expect((await kbQueue(ctx, { spaceId })).waiting.map((each) => each.subject)).toEqual(["Write stopped.md"]);
  expect(await db.prisma.kbOperation.findUnique({ where: { id: late.operationId } })).toMatchObject({
    status: "failed",
    failure: expect.stringContaining("busy"),
    startedAt: null,
  });
  first.letGo();
  await holding;
  expect(await kb.runOperation(ctx, stopped)).toMatchObject({ isNew: true });
  expect(await kb.runOperation(ctx, late)).toMatchObject({ isNew: true });
});

test("each operation tells once that it took the lock and once that it let go, whatever became of it", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const quick = writing("a.md", "a", { kind: "create" });
  await kb.runOperation(ctx, quick);
  const failing = writing("b.md", "b", { plan: () => Promise.reject(new Error("no")) });
  await expect(kb.runOperation(ctx, failing)).rejects.toThrow("no");
  expect(await lockEvents(ctx, spaceId)).toEqual(
    [quick, failing].flatMap(({ operationId }) => [
      ["kb.locked", operationId],
      ["kb.released", operationId],
    ]),
  );
  // Nothing happened, in no time: nobody is told.
  await kb.runOperation(ctx, writing("c.md", "c", { plan: async () => null }));
  expect(await lockEvents(ctx, spaceId)).toHaveLength(4);
});

test("a lock that is held for long is told of while it is held, and once", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const told: Array<[string, unknown]> = [];
  const ends = {
    commits: (path: string) => [{ path, content: "x" }],
    "has nothing to do": () => null,
    fails: () => {
      throw new Error("no");
    },
  };
  for (const [name, end] of Object.entries(ends)) {
    const operation = writing(`${name}.md`, "x", {
      plan: async () => {
        await expect.poll(async () => (await lockEvents(ctx, spaceId)).length).toBe(told.length + 1);
        return end(`${name}.md`);
      },
    });
    await kb.runOperation(ctx, operation).catch(() => {});
    told.push(["kb.locked", operation.operationId], ["kb.released", operation.operationId]);
    expect(await lockEvents(ctx, spaceId), name).toEqual(told);
  }
});

test("a long wait behind a repeated operation ends with its release", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const operation = writing("a.md", "a");
  await kb.runOperation(ctx, operation);
  const before = await lockEvents(ctx, spaceId);
  // What is done already only takes long where the database does.
  const slowly: Ctx = {
    ...ctx,
    db: {
      ...ctx.db,
      pool: new Proxy(ctx.db.pool, {
        get: (pool, key) => {
          const value: unknown = Reflect.get(pool, key);
          if (typeof value !== "function") return value;
          if (key !== "query") return value.bind(pool);
          return async (...args: unknown[]) => {
            if (String(args[0]).includes("begun")) await pause(400);
            return Reflect.apply(value, pool, args) as unknown;
          };
        },
      }),
    },
  };
  expect(await kb.runOperation(slowly, operation)).toMatchObject({ isNew: false });
  expect((await lockEvents(ctx, spaceId)).slice(before.length)).toEqual([
    ["kb.locked", operation.operationId],
    ["kb.released", operation.operationId],
  ]);
});

test("the times of the lock are counted from the rows, by kind, for the days that are asked for", async ({
  ctx,
  make,
  db,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const put = (kind: string, waitMs: number, holdMs: number, ageMs = 60_000) => {
    const queuedAt = new Date(Date.now() - ageMs);
    const startedAt = new Date(queuedAt.getTime() + waitMs);
    const finishedAt = new Date(startedAt.getTime() + holdMs);
    const about = { id: newId(), spaceId, kbId: kb.id, kind, status: "committed" as const, subject: "x", files: [] };
    return db.prisma.kbOperation.create({ data: { ...about, queuedAt, startedAt, finishedAt } });
  };
  expect(await kbLockTimes(ctx, { spaceId, days: 7 })).toEqual({ all: null, byKind: [] });
  for (const [wait, hold] of [
    [0, 10],
    [100, 20],
    [200, 300],
  ] as const) {
    await put("create", wait, hold);
  }
  await put("sync", 1_000, 2_000);
  await put("sync", 9_000, 9_000, 8 * 86_400_000);
  const { all, byKind } = await kbLockTimes(ctx, { spaceId, days: 7 });
  expect(all).toMatchObject({ kind: null, count: 4, waitP50: 150, waitMax: 1_000, holdP50: 160, holdMax: 2_000 });
  expect(byKind).toMatchObject([
    { kind: "create", count: 3, waitP50: 100, waitP95: 190, waitMax: 200, holdP50: 20, holdP95: 272, holdMax: 300 },
    { kind: "sync", count: 1, waitP50: 1_000, waitP95: 1_000, waitMax: 1_000, holdMax: 2_000 },
  ]);
  expect((await kbLockTimes(ctx, { spaceId, days: 30 })).all?.count).toBe(5);
});

test("an operation's row says how long it waited and how long it held the lock", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  const other = lockOf(ctx, kb.id);
  const { promise: end, resolve: letGo } = Promise.withResolvers<void>();
  const holding = other.hold(() => end);
  await pause(50);
  const running = kb.runOperation(
    ctx,
    writing("a.md", "a", {
      plan: async () => {
        await pause(150);
        return [{ path: "a.md", content: "a" }];
      },
    }),
  );
  await pause(300);
  letGo();
  await Promise.all([holding, running]);
  const { all } = await kbLockTimes(ctx, { spaceId, days: 1 });
  expect(all?.count).toBe(1);
  expect(all?.waitMax).toBeGreaterThanOrEqual(290);
  expect(all?.holdMax).toBeGreaterThanOrEqual(150);
  expect(all?.holdMax).toBeLessThan(5_000);
  await other.close();
});
