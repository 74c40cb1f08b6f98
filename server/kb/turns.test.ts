// Operations that wait in one process are done in one turn of the lock: each a commit of its own, and none the worse for the others.
import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import { lockOf } from "#tests/support/kb-room.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import type { Kb } from "./kb.ts";
import { kbConflicts } from "./queries.ts";

/** A knowledge base, and how to ask for things while another process holds its lock. */
async function withQueue(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  const together = async <T>(ask: () => Array<Promise<T>>): Promise<Array<PromiseSettledResult<T>>> => {
    const other = lockOf(ctx, kb.id);
    const end = Promise.withResolvers<void>();
    const begin = Promise.withResolvers<void>();
    const holding = other.hold(async () => {
      begin.resolve();
      await end.promise;
    });
    await begin.promise;
    const asked = Promise.allSettled(ask());
    await pause(150);
    end.resolve();
    await holding;
    await other.close();
    return asked;
  };
  return { spaceId, home, kb, together };
}

const appending = (word: string) =>
  writing("list.md", "", {
    subject: `Add ${word}`,
    plan: async (tree) => [{ path: "list.md", content: `${(await tree.read("list.md")) ?? ""}${word}\n` }],
  });

/** The branch as a line, oldest first: what each commit added. */
const line = async (kb: Kb) => (await subjects(kb)).toReversed().slice(1);

test("each is a commit of its own, in the order they were asked for, on top of the one before, for whoever asked", async ({
  ctx,
  as,
  make,
  db,
}) => {
  const { spaceId, kb, together } = await withQueue(ctx, make);
  const words = Array.from({ length: 20 }, (_, i) => String(i));
  const people = await Promise.all(["Vera", "Nora"].map((name) => make.user({ spaceId, name })));
  const operations = words.map(appending);
  const results = await together(() =>
    operations.map((operation, i) => kb.runOperation(as(people[i % 2]?.actor ?? ctx.actor), operation)),
  );
  expect(results.map((result) => result.status === "fulfilled" && result.value?.isNew)).toEqual(words.map(() => true));
  expect(await line(kb)).toEqual(words.map((word) => `Add ${word}`));
  expect(await kb.readFile("list.md")).toBe(words.map((word) => `${word}\n`).join(""));
  expect(await personsGit(kb.folder, "rev-list", "--min-parents=2", "main")).toBe("");
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId } });
  const hashes = new Map(rows.map((row) => [row.id, row.commitHash]));
  expect(operations.map(({ operationId }) => hashes.get(operationId))).toEqual(
    results.map((result) => result.status === "fulfilled" && result.value?.commitHash),
  );
  expect(new Set(hashes.values()).size).toBe(20);
  expect(rows.map((row) => row.status)).toEqual(words.map(() => "committed"));
  expect(rows.filter((row) => JSON.stringify(row.requestedBy).includes("Nora"))).toHaveLength(10);
  const events = await eventsSince(db, { spaceId, after: 0 });
  const committed = events.filter((event) => event.type === "note.committed");
  expect(committed.map((event) => event.actor.name)).toEqual(words.map((_, i) => (i % 2 === 0 ? "Vera" : "Nora")));
  const held = events.filter((event) => event.type === "kb.locked").length;
  expect(held).toBeLessThan(20);
  expect(events.filter((event) => event.type === "kb.released")).toHaveLength(held);
});

test("one that fails, is refused, clashes, or has nothing to do is told so alone; the others are written", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, together } = await withQueue(ctx, make);
  const base = await kb.runOperation(ctx, writing("a.md", "# One\n"));
  await kb.runOperation(ctx, writing("a.md", "# Two\n"));
  const { plan: _, ...clash } = writing("a.md", "");
  const changes = [{ path: "a.md", content: "# Three\n" }];
  const results = await together(() => [
    kb.runOperation(ctx, appending("first")),
    kb.runOperation(ctx, writing("b.md", "b", { plan: () => Promise.reject(new Error("broken")) })),
    kb.runOperation(ctx, writing("../b.md", "b")),
    kb.runOperation(ctx, { ...clash, proposed: { base: base?.commitHash ?? null, changes } }),
    kb.runOperation(ctx, writing("c.md", "c", { plan: async () => null })),
    kb.runOperation(ctx, appending("last")),
  ]);
  expect(results).toMatchObject([
    { status: "fulfilled", value: { isNew: true } },
    { status: "rejected", reason: { message: "broken" } },
    { status: "rejected", reason: { code: "invalid_input" } },
    { status: "fulfilled", value: null },
    { status: "fulfilled", value: null },
    { status: "fulfilled", value: { isNew: true } },
  ]);
  expect(await kb.readFile("list.md")).toBe("first\nlast\n");
  expect((await kbConflicts(ctx, { spaceId })).items).toHaveLength(1);
  const statuses = (await db.prisma.kbOperation.findMany({ where: { spaceId } })).map((row) => row.status);
  expect(statuses.toSorted()).toEqual([
    "committed",
    "committed",
    "committed",
    "committed",
    "conflicted",
    "failed",
    "failed",
  ]);
});

test("one that is asked for several times among others is one commit, and everyone who asked hears of it", async ({
  ctx,
  make,
}) => {
  const { kb, together } = await withQueue(ctx, make);
  const [twice, other] = [appending("twice"), appending("other")];
  const results = await together(() => [
    kb.runOperation(ctx, twice),
    kb.runOperation(ctx, other),
    kb.runOperation(ctx, twice),
    kb.runTogether(ctx, [twice, appending("third")], { subject: "Add more" }).then((each) => each[0] ?? null),
  ]);
  const hashes = results.map((result) => (result.status === "fulfilled" ? result.value?.commitHash : result.reason));
  expect(hashes[0]).toMatch(/^\w{40}$/);
  expect([hashes[2], hashes[3]]).toEqual([hashes[0], hashes[0]]);
  expect(await kb.readFile("list.md")).toBe("twice\nother\nthird\n");
  expect(results.filter((result) => result.status === "fulfilled" && result.value?.isNew)).toHaveLength(2);
});

test("one that is cancelled among others is left out, and they go on", async ({ ctx, make }) => {
  const { kb, together } = await withQueue(ctx, make);
  const stop = new AbortController();
  const results = await together(() => {
    const asked = ["a", "b", "c"].map((word) =>
      kb.runOperation(ctx, appending(word), word === "b" ? { signal: stop.signal } : {}),
    );
    setTimeout(() => stop.abort(), 50);
    return asked;
  });
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[1]).toMatchObject({ reason: { code: "cancelled" } });
  expect(await kb.readFile("list.md")).toBe("a\nc\n");
});

test("the first of those who wait may be cancelled: the work of the others does not hang on it", async ({
  ctx,
  make,
}) => {
  const { kb, together } = await withQueue(ctx, make);
  const stop = new AbortController();
  const results = await together(() => {
    const asked = [
      kb.runOperation(ctx, appending("a"), { signal: stop.signal }),
      kb.runOperation(ctx, appending("b")),
      kb.runOperation(ctx, appending("c")),
    ];
    setTimeout(() => stop.abort(), 50);
    return asked;
  });
  expect(results.map((result) => result.status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(await kb.readFile("list.md")).toBe("b\nc\n");
});

test("what follows from one commit and breaks concerns the others only until their next try, which finds them", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, together } = await withQueue(ctx, make);
  const followed: string[] = [];
  let isBroken = true;
  const operations = ["a", "b", "c"].map((word) => ({
    ...appending(word),
    inTransaction: async () => {
      if (word === "b" && isBroken) throw new Error("crash");
      followed.push(word);
    },
  }));
  await together(() => operations.map((operation) => kb.runOperation(ctx, operation)));
  isBroken = false;
  followed.length = 0;
  const before = await db.prisma.kbOperation.count({ where: { spaceId, status: "committed" } });
  const again = await together(() => operations.map((operation) => kb.runOperation(ctx, operation)));
  expect(again.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
  expect(followed.length).toBe(3 - before);
  expect(await line(kb)).toEqual(["Add a", "Add b", "Add c"]);
  expect(await kb.readFile("list.md")).toBe("a\nb\nc\n");
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId } });
  expect(rows.map((row) => row.status)).toEqual(["committed", "committed", "committed"]);
  expect(new Set(rows.map((row) => row.commitHash)).size).toBe(3);
});

test("a person who commits in between is taken in, and all of the turn is made again on top", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, together } = await withQueue(ctx, make);
  let isMoved = false;
  const moving = appending("b");
  const plan = moving.plan;
  await together(() => [
    kb.runOperation(ctx, appending("a")),
    kb.runOperation(ctx, {
      ...moving,
      proposed: undefined,
      plan: async (tree) => {
        if (!isMoved) await personsGit(kb.folder, "commit", "-qm", "By hand", "--allow-empty");
        isMoved = true;
        return plan ? plan(tree) : null;
      },
    }),
    kb.runOperation(ctx, appending("c")),
  ]);
  expect(await line(kb)).toEqual(["By hand", "Add a", "Add b", "Add c"]);
  expect(await kb.readFile("list.md")).toBe("a\nb\nc\n");
  expect(await db.prisma.kbOperation.count({ where: { spaceId, status: "committed" } })).toBe(3);
});
