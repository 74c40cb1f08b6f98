// Folder, branch, remote and rows are in step after a sync, whatever people did meanwhile and with whatever.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { setSetting } from "#server/settings/index.ts";
import { editByHand, openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import { bareRemote, colleague, openWith, pushBy, remoteTest as test, statusOf } from "#tests/support/kb-remote.ts";

import { kbHandlers } from "./handlers.ts";
import type { Kb } from "./kb.ts";
import { enqueueDue } from "./timer.ts";

/** What someone commits in the folder with their own git. */
async function commitByHand(kb: Kb, path: string, content: string): Promise<string> {
  writeFileSync(join(kb.folder, path), content);
  await personsGit(kb.folder, "add", path);
  await personsGit(kb.folder, "commit", "-qm", `By hand: ${path}`, "--", path);
  return personsGit(kb.folder, "rev-parse", "HEAD");
}

const syncedEvents = async (ctx: Ctx, spaceId: string) =>
  (await eventsSince(ctx.db, { spaceId, after: 0 })).filter((event) => event.type === "kb.synced").length;

test("a commit that a person made in the folder is indexed, announced and pushed with the next sync", async ({
  ctx,
  make,
  db,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("a.md", "# A\n"));
  await kb.sync(ctx);
  const hash = await commitByHand(kb, "hers.md", "# Hers\n");
  await kb.sync(ctx);
  expect(await db.prisma.note.findFirst({ where: { spaceId, path: "hers.md" } })).toMatchObject({
    title: "Hers",
    commitHash: hash,
  });
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.filter((event) => event.type === "note.committed")).toHaveLength(2);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ headCommit: hash, pushedCommit: hash, leftAlone: [] });
  expect(await personsGit(path, "rev-parse", "main")).toBe(hash);
  // The same through the next operation, which need not wait for a sync.
  await commitByHand(kb, "a.md", "# A of hers\n");
  await kb.runOperation(ctx, writing("b.md", "# B\n"));
  expect(await db.prisma.note.findFirst({ where: { spaceId, path: "a.md" } })).toMatchObject({ title: "A of hers" });
  // And what is reset in the folder is gone from the rows as well.
  await kb.sync(ctx);
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
  await personsGit(kb.folder, "rm", "-q", "hers.md");
  await personsGit(kb.folder, "commit", "-qm", "Without hers");
  await kb.sync(ctx);
  expect(await db.prisma.note.findFirst({ where: { spaceId, path: "hers.md" } })).toBeNull();
});

test("what others pushed comes in with the next sync: as it is where nothing is new here, and as an operation of its own", async ({
  ctx,
  make,
  db,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  const other = await colleague(path);
  await pushBy(other, "theirs.md", "# Theirs\n");
  await pushBy(other, "topics/pier/more.md", "# More\n");
  await kb.sync(ctx);
  expect(await subjects(kb)).toEqual(["Theirs: topics/pier/more.md", "Theirs: theirs.md", "Start the knowledge base"]);
  expect(readFileSync(join(kb.folder, "topics/pier/more.md"), "utf8")).toBe("# More\n");
  const head = await personsGit(path, "rev-parse", "main");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ headCommit: head, isPushed: true, ahead: 0, behind: 0 });
  expect(await db.prisma.kbOperation.findMany({ where: { spaceId } })).toMatchObject([
    { kind: "sync", status: "pushed", subject: "Take in 2 commits of others", commitHash: head },
  ]);
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(2);
  await pushBy(other, "theirs.md", null);
  await kb.sync(ctx);
  expect(existsSync(join(kb.folder, "theirs.md"))).toBe(false);
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(1);
});

test("a folder that others replaced by a file, and a file by a folder, come into the folder and stay", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.runOperation(ctx, writing("plans/a.md", "# A\n"));
  await kb.runOperation(ctx, writing("notes.md", "# Notes\n"));
  await kb.sync(ctx);
  const other = await colleague(path);
  await personsGit(other, "rm", "-qr", "plans", "notes.md");
  await pushBy(other, "plans", "Now a file.\n");
  await pushBy(other, "notes.md/inside.md", "# Inside\n");
  await kb.sync(ctx);
  await kb.sync(ctx);
  expect(readFileSync(join(kb.folder, "plans"), "utf8")).toBe("Now a file.\n");
  expect(readFileSync(join(kb.folder, "notes.md/inside.md"), "utf8")).toBe("# Inside\n");
  expect(await kb.readFile("plans")).toBe("Now a file.\n");
  expect(await statusOf(ctx, spaceId)).toMatchObject({ leftAlone: [], isPushed: true });
  await expect.poll(() => personsGit(kb.folder, "status", "--porcelain")).toBe("");
});

test("while the remote is away, the folder is looked after all the same, and the reason is kept until it is back", async ({
  ctx,
  make,
}) => {
  const { path } = await bareRemote();
  const { kb, spaceId } = await openWith(ctx, make, { KB_GIT_REMOTE: path });
  await kb.sync(ctx);
  renameSync(path, `${path}.away`);
  editByHand(kb, "hand.md", "# By hand\n");
  await kb.sync(ctx);
  expect((await subjects(kb))[0]).toBe("Edit hand.md");
  expect(await statusOf(ctx, spaceId)).toMatchObject({
    syncFailure: expect.stringMatching(/There is no repository at/),
    isPushed: false,
    ahead: 1,
    behind: 0,
    syncedAt: expect.any(Date),
  });
  renameSync(`${path}.away`, path);
  await kb.sync(ctx);
  expect(await statusOf(ctx, spaceId)).toMatchObject({ syncFailure: null, isPushed: true, ahead: 0 });
  expect(await personsGit(path, "show", "main:hand.md")).toBe("# By hand");
});

test("a sync that finds nothing new is announced to whoever asked for it, and to nobody else", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  await kb.sync(ctx);
  const before = await syncedEvents(ctx, spaceId);
  await kb.sync(ctx);
  expect(await syncedEvents(ctx, spaceId)).toBe(before);
  await kb.sync(ctx, { isAsked: true });
  expect(await syncedEvents(ctx, spaceId)).toBe(before + 1);
  writeFileSync(join(kb.folder, "new.md"), "# Being writ");
  await kb.sync(ctx);
  expect(await syncedEvents(ctx, spaceId)).toBe(before + 2);
});

test("a sync that is stopped while it waits changes nothing, and the next one does it", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await openHome(ctx).kbs.open(spaceId);
  editByHand(kb, "hand.md", "# By hand\n");
  const stop = new AbortController();
  let syncing: Promise<unknown> = Promise.resolve();
  await kb.runOperation(ctx, {
    ...writing("a.md", "a"),
    plan: async () => {
      syncing = kb.sync(ctx, { signal: stop.signal }).catch((error: { code: string }) => error.code);
      // Until it is in the queue, behind this one.
      await pause(300);
      stop.abort();
      expect(await syncing).toBe("cancelled");
      return [{ path: "a.md", content: "a" }];
    },
  });
  expect(await kb.readFile("hand.md")).toBeNull();
  await kb.sync(ctx);
  expect(await kb.readFile("hand.md")).toBe("# By hand\n");
});

test("a job whose knowledge base cannot be opened says why on the Sync page, and does not fail for good", async ({
  ctx,
  make,
}) => {
  const { id: spaceId } = await make.space();
  const home = openHome(ctx);
  const kb = await home.kbs.open(spaceId);
  await kb.runOperation(ctx, writing("a.md", "a"));
  await home.kbs.close();
  renameSync(kb.folder, `${kb.folder}.away`);
  const { kbs } = openHome(ctx, home);
  const handler = kbHandlers({ kbs }).find((each) => each.name === "kb.sync");
  const run = {
    ...{ jobId: "1", attempt: 1, isLastAttempt: false, workerProcessId: newId() },
    signal: new AbortController().signal,
  };
  await handler?.task(run, ctx, { spaceId, isAsked: true });
  expect((await statusOf(ctx, spaceId)).syncFailure).toMatch(/folder of this knowledge base is missing/);
});

test("the timer asks for a sync of each knowledge base of its home whose time has come, and once", async ({
  ctx,
  make,
  db,
}) => {
  await db.pool.query("delete from graphile_worker._private_jobs");
  const home = openHome(ctx);
  const [fresh, due, none] = [(await make.space()).id, (await make.space()).id, (await make.space()).id];
  for (const spaceId of [fresh, due]) await (await home.kbs.open(spaceId)).sync(ctx);
  const elsewhere = (await make.space()).id;
  await openHome(ctx).kbs.open(elsewhere);
  await setSetting(ctx, { spaceId: due, key: "kb.syncEveryS", value: 5 });
  await db.pool.query("update knowledge_bases set synced_at = now() - interval '10 seconds'");
  await enqueueDue(db, home.homeId);
  await enqueueDue(db, home.homeId);
  const { rows } = await db.pool.query<{ name: string; spaceId: string }>(
    `select t.identifier as name, j.payload ->> 'spaceId' as "spaceId" from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id where j.key like 'kb.sync%' order by 1`,
  );
  expect(rows).toEqual([
    { name: "kb.sync", spaceId: none },
    { name: `kb.sync@${home.homeId}`, spaceId: due },
  ]);
});
