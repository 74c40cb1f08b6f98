// A knowledge base lives in one data folder at a time, and goes to another with all of its notes or not at all.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import { openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import { bareRemote, openWith, remoteTest as test } from "#tests/support/kb-remote.ts";
import type { Make } from "#tests/support/make.ts";

import { listHomes, moveHome } from "./home.ts";
import { kbResolve, kbSync } from "./jobs.ts";

/** A worker that looks after a data folder, as its heartbeat says. */
async function worker(ctx: Ctx, homeId: string, { host = "there", silentS = 0 } = {}): Promise<string> {
  await ctx.db.pool.query(
    `insert into worker_processes (id, worker_ids, host, pid, home_id, started_at, heartbeat_at)
     values ($1, '{}', $2, 1, $3, now(), now() - make_interval(secs => $4))`,
    [newId(), host, homeId, silentS],
  );
  return homeId;
}

/** A knowledge base with everything pushed, and another home to move to. */
async function pushed(ctx: Ctx, make: Make) {
  const { path } = await bareRemote();
  const opened = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await opened.kb.runOperation(ctx, writing("a.md", "# A\n"));
  await opened.kb.push(ctx);
  return { ...opened, path, there: await worker(ctx, newId()) };
}

/** The jobs of a space that are bound to a home. */
const jobsOf = async (ctx: Ctx, spaceId: string) => {
  const { rows } = await ctx.db.pool.query<{ name: string; key: string }>(
    `select t.identifier as name, j.key from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id where j.payload ->> 'spaceId' = $1 and t.identifier like '%@%' order by 1`,
    [spaceId],
  );
  return rows.map((row) => row.name);
};
const homeOf = async (ctx: Ctx, spaceId: string) =>
  (await ctx.db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } })).homeId;

test("a knowledge base moves with its waiting jobs, the new home fetches it and goes on, the old one writes nothing more", async ({
  ctx,
  make,
  db,
}) => {
  const { kb, spaceId, home, path, there } = await pushed(ctx, make);
  const conflictId = newId();
  await transaction(db, async (tx) => {
    await enqueue(tx, kbSync, { spaceId, isAsked: true });
    await enqueue(tx, kbResolve, { spaceId, conflictId });
  });
  const names = ["kb.push", "kb.resolve", "kb.sync"];
  expect(await jobsOf(ctx, spaceId)).toEqual(names.map((name) => `${name}@${home.homeId}`));
  await moveHome(ctx, { spaceId, homeId: there });
  expect(await jobsOf(ctx, spaceId)).toEqual(names.map((name) => `${name}@${there}`));
  expect((await eventsSince(db, { spaceId, after: 0 })).at(-1)).toMatchObject({
    type: "kb.synced",
    payload: { homeId: there },
  });

  // A process of the old home may have it open still.
  const late = writing("late.md", "# Late\n");
  await expect(kb.runOperation(ctx, late)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("moved to another data folder"),
  });
  expect(await subjects(kb)).toEqual(["Write a.md", "Start the knowledge base"]);
  await expect(openHome(ctx, home).kbs.open(spaceId)).rejects.toThrow(/another data folder/);

  const next = openHome(ctx, { homeId: there, env: { KB_GIT_REMOTE: path } });
  const moved = await next.kbs.open(spaceId);
  expect(moved.folder).not.toBe(kb.folder);
  expect(await moved.runOperation(ctx, late)).toMatchObject({ isNew: true });
  expect(await subjects(moved)).toEqual(["Write late.md", "Write a.md", "Start the knowledge base"]);
  await moved.push(ctx);
  const notes = await db.prisma.note.findMany({ where: { spaceId }, orderBy: { path: "asc" } });
  expect(notes.map((note) => note.path)).toEqual(["a.md", "late.md"]);
});

test("what a person commits in the old folder after the move changes nothing that the rows say", async ({
  ctx,
  make,
  db,
}) => {
  const { kb, spaceId, there } = await pushed(ctx, make);
  await moveHome(ctx, { spaceId, homeId: there });
  const before = await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } });
  writeFileSync(join(kb.folder, "hers.md"), "# Hers\n");
  await personsGit(kb.folder, "add", "hers.md");
  await personsGit(kb.folder, "commit", "-qm", "By hand", "--", "hers.md");
  // A sync that was under way when it was moved.
  await kb.sync(ctx).catch(() => {});
  expect(await db.prisma.knowledgeBase.findUniqueOrThrow({ where: { spaceId } })).toMatchObject({
    headCommit: before.headCommit,
    homeId: there,
  });
  expect(await db.prisma.note.count({ where: { spaceId, path: "hers.md" } })).toBe(0);
});

test("it does not move while anything would stay behind, or where nobody would take it over", async ({ ctx, make }) => {
  const { kb, spaceId, home, there } = await pushed(ctx, make);
  const refused = async (homeId: string, code: string, words: RegExp) => {
    await expect(moveHome(ctx, { spaceId, homeId })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
    expect(await homeOf(ctx, spaceId)).toBe(home.homeId);
  };
  await refused(home.homeId, "conflict", /lives in this data folder already/);
  await refused(newId(), "conflict", /No worker runs with that data folder/);
  await refused(await worker(ctx, newId(), { silentS: 60 }), "conflict", /No worker runs/);

  await kb.runOperation(ctx, writing("b.md", "# B\n"));
  await refused(there, "conflict", /not pushed yet.*Sync first/);
  await kb.push(ctx);
  // Not even begun: it waits for its turn.
  await ctx.db.prisma.kbOperation.create({
    data: { ...{ id: newId(), spaceId, kbId: kb.id, kind: "edit", subject: "x", files: [] }, queuedAt: new Date() },
  });
  await refused(there, "conflict", /not pushed yet/);
  await ctx.db.pool.query("delete from kb_operations where status = 'queued'");
  await moveHome(ctx, { spaceId, homeId: there });
  expect(await homeOf(ctx, spaceId)).toBe(there);
  const { id: empty } = await make.space();
  await expect(moveHome(ctx, { spaceId: empty, homeId: there })).rejects.toMatchObject({ code: "not_found" });
});

test("without a remote there is no way to move", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  await openHome(ctx).kbs.open(spaceId);
  const there = await worker(ctx, newId());
  await expect(moveHome(ctx, { spaceId, homeId: there })).rejects.toThrow(/Without a remote there is no way/);
});

test("an operation that begins while it is being moved waits for the end of that, and is refused", async ({
  ctx,
  make,
  db,
}) => {
  const { kb, spaceId, there } = await pushed(ctx, make);
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const moving = transaction(db, async (tx) => {
    // As moveHome does it, slowly.
    await tx.query("select id from knowledge_bases where space_id = $1 for update", [spaceId]);
    begun.resolve();
    await end.promise;
    await tx.query("update knowledge_bases set home_id = $2 where space_id = $1", [spaceId, there]);
  });
  await begun.promise;
  const written = kb.runOperation(ctx, writing("b.md", "# B\n")).catch((error: { message: string }) => error.message);
  await expect
    .poll(async () => {
      const { rows } = await db.pool.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length;
    })
    .toBe(1);
  end.resolve();
  await moving;
  expect(await written).toContain("moved to another data folder");
  expect(await kb.readFile("b.md")).toBeNull();
});

test("an operation that is under way keeps the knowledge base where it is", async ({ ctx, make }) => {
  const { kb, spaceId, there } = await pushed(ctx, make);
  await kb.runOperation(ctx, {
    ...writing("b.md", ""),
    plan: async () => {
      // It is planned while its row is written.
      await expect.poll(() => ctx.db.prisma.kbOperation.count({ where: { spaceId, status: "running" } })).toBe(1);
      await expect(moveHome(ctx, { spaceId, homeId: there })).rejects.toMatchObject({ code: "conflict" });
      return [{ path: "b.md", content: "# B\n" }];
    },
  });
  expect(await homeOf(ctx, spaceId)).not.toBe(there);
  expect(await kb.readFile("b.md")).toBe("# B\n");
});

test("the homes of a space are its own and those that a worker looks after, with the machines they are on", async ({
  ctx,
  make,
  db,
}) => {
  await db.prisma.workerProcess.deleteMany();
  const { id: spaceId } = await make.space();
  const own = openHome(ctx);
  await own.kbs.open(spaceId);
  const other = await worker(ctx, newId(), { host: "b" });
  await worker(ctx, other, { host: "a" });
  await worker(ctx, newId(), { silentS: 60 });
  expect((await listHomes(ctx, { spaceId })).items).toEqual([
    { id: own.homeId, hosts: [], isHome: true, isAlive: false },
    { id: other, hosts: ["a", "b"], isHome: false, isAlive: true },
  ]);
  await worker(ctx, own.homeId, { host: "here" });
  expect((await listHomes(ctx, { spaceId })).items[0]).toEqual({
    ...{ id: own.homeId, hosts: ["here"], isHome: true, isAlive: true },
  });
});
