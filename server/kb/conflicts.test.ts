// Two histories that meet: what can be merged is, and of what cannot be nothing is lost and nobody is stopped.
import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { FileRules } from "#server/kb/index.ts";
import { noteFiles } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { openHome, personsGit, subjects, writing } from "#tests/support/kb.ts";
import { bareRemote, colleague, openWith, pushBy, remoteTest as test } from "#tests/support/kb-remote.ts";
import type { Make } from "#tests/support/make.ts";

import type { FileChange } from "./kb.ts";
import { kbConflict, kbConflicts, kbStatus } from "./queries.ts";

const TEXT = "# Tides\n\nHigh at noon.\n\nLow at six.\n\nAsk the harbour.\n";

/** A knowledge base and a colleague, both with the same note. */
async function withColleague(ctx: Ctx, make: Make, files?: FileRules) {
  const { path } = await bareRemote();
  const opened = await openWith(ctx, make, { KB_GIT_REMOTE: path }, files);
  await opened.kb.runOperation(ctx, writing("a.md", TEXT));
  await opened.kb.push(ctx);
  return { ...opened, path, other: await colleague(path) };
}

/** The one conflict of a space, with its files. */
async function onlyConflict(ctx: Ctx, spaceId: string) {
  const { items } = await kbConflicts(ctx, { spaceId });
  expect(items).toHaveLength(1);
  return kbConflict(ctx, { spaceId, conflictId: items[0]?.id ?? "" });
}

const markers = (folder: string) => personsGit(folder, "grep", "-c", "<<<<<<<", "main").catch(() => "none");

test("what both sides changed is parked for a person: theirs stands, ours is kept, and the push goes out", async ({
  ctx,
  make,
  db,
}) => {
  const { kb, spaceId, path, other } = await withColleague(ctx, make);
  const ours = TEXT.replace("noon", "one");
  const theirs = TEXT.replace("noon", "two");
  await kb.runOperation(ctx, {
    ...writing("a.md", ours),
    plan: async () => {
      await pushBy(other, "a.md", theirs);
      return [{ path: "a.md", content: ours }];
    },
  });
  await kb.push(ctx);
  expect(await kb.readFile("a.md")).toBe(theirs);
  expect(await personsGit(path, "show", "main:a.md")).toBe(theirs.trimEnd());
  expect(await markers(kb.folder)).toBe("none");
  const [merge, ...before] = await subjects(kb);
  expect(merge).toBe("Take in a commit of others");
  expect(before.toSorted()).toEqual(["Start the knowledge base", "Theirs: a.md", "Write a.md", "Write a.md"]);

  expect(await onlyConflict(ctx, spaceId)).toMatchObject({
    source: "remote",
    status: "open",
    subject: "a.md",
    ourAuthor: "Vera Lind",
    theirAuthor: "Ilse",
    files: [{ path: "a.md", base: TEXT, ours, theirs, isText: true }],
  });
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({
    isPushed: true,
    pushFailure: null,
    unpushed: 0,
    openConflicts: 1,
  });
  const rows = await db.prisma.kbOperation.findMany({ where: { spaceId } });
  expect(rows.map((row) => row.status)).toEqual(["pushed", "pushed", "pushed"]);
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.filter((event) => event.type === "kb.conflicted")).toHaveLength(1);
  expect(await db.prisma.note.findFirst({ where: { spaceId } })).toMatchObject({
    body: expect.stringContaining("High at two"),
  });
  // Nobody waits for that person.
  expect(await kb.runOperation(ctx, writing("a.md", `${theirs}\nMore.\n`))).toMatchObject({ isNew: true });
  await kb.push(ctx);
  expect(await personsGit(path, "show", "main:a.md")).toContain("More.");
});

test("changes in different places of a note, and notes of both in one folder, become one without a question", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId, path, other } = await withColleague(ctx, make);
  await pushBy(other, "a.md", TEXT.replace("noon", "two"));
  await pushBy(other, "topics/pier/theirs.md", "# Theirs\n");
  // As the listings of people who know nothing of ours.
  await pushBy(other, "topics/pier/index.md", "# Pier\n\n## Notes\n\n* [Theirs](/topics/pier/theirs.md)\n");
  const changes: FileChange[] = [
    { path: "a.md", content: `${TEXT}\nOr Ilse.\n` },
    { path: "topics/pier/ours.md", content: "# Ours\n" },
  ];
  // Outrun: the fetch before it does not know of theirs yet.
  await kb.runOperation(ctx, writing("", "", { plan: async () => changes }));
  await kb.sync(ctx);
  expect(await kb.readFile("a.md")).toBe(`${TEXT.replace("noon", "two")}\nOr Ilse.\n`);
  expect((await kb.readFile("topics/pier/index.md"))?.match(/^\* .*/gm)).toEqual([
    "* [Theirs](/topics/pier/theirs.md)",
    "* [Ours](/topics/pier/ours.md)",
  ]);
  expect((await kb.readFile("index.md"))?.match(/\(\/topics\/pier\/index\.md\)/g)).toHaveLength(1);
  expect((await kbConflicts(ctx, { spaceId })).items).toEqual([]);
  expect(await personsGit(path, "rev-parse", "main")).toBe(await personsGit(kb.folder, "rev-parse", "main"));
});

test("a note that they moved and we edited is edited at its new place", async ({ ctx, make }) => {
  const { kb, spaceId, other } = await withColleague(ctx, make);
  await personsGit(other, "mv", "a.md", "tides.md");
  await personsGit(other, "commit", "-qm", "Theirs: moved");
  await kb.runOperation(ctx, {
    ...writing("a.md", ""),
    plan: async () => {
      await personsGit(other, "push", "-q", "origin", "HEAD:main");
      // Nothing else, so that git alone can merge it.
      return [{ path: "a.md", content: `${TEXT}\nOr Ilse.\n` }];
    },
  });
  await kb.sync(ctx);
  expect((await kbConflicts(ctx, { spaceId })).items).toEqual([]);
  expect(await kb.readFile("tides.md")).toBe(`${TEXT}\nOr Ilse.\n`);
  expect(await kb.readFile("a.md")).toBeNull();
});

test("several files of one meeting are one conflict: deleted there, deleted here, made on both sides, no text", async ({
  ctx,
  make,
}) => {
  const { kb, spaceId, other } = await withColleague(ctx, make);
  await kb.runOperation(
    ctx,
    writing("", "", {
      plan: async () => [
        { path: "deleted-here.md", content: "# Old\n" },
        { path: "deleted-there.md", content: "# Old\n" },
        { path: "picture.png", content: Buffer.from([0, 1]) },
      ],
    }),
  );
  await kb.push(ctx);
  await kb.runOperation(ctx, {
    ...writing("", ""),
    plan: async () => {
      await pushBy(other, "deleted-here.md", "# Theirs\n");
      await pushBy(other, "deleted-there.md", null);
      await pushBy(other, "made.md", "# Theirs\n");
      await pushBy(other, "picture.png", Buffer.from([0, 9]));
      return [
        { path: "deleted-here.md", delete: true },
        { path: "deleted-there.md", content: "# Ours\n" },
        { path: "made.md", content: "# Ours\n" },
        { path: "picture.png", content: Buffer.from([0, 7]) },
      ];
    },
  });
  await kb.sync(ctx);
  const conflict = await onlyConflict(ctx, spaceId);
  expect(conflict.subject).toMatch(/ and 3 more$/);
  const [here, there, made, picture] = conflict.files;
  expect(here).toMatchObject({ path: "deleted-here.md", base: "# Old\n", ours: null, theirs: "# Theirs\n" });
  expect(there).toMatchObject({ path: "deleted-there.md", base: "# Old\n", ours: "# Ours\n", theirs: null });
  expect(made).toMatchObject({ path: "made.md", base: null, ours: "# Ours\n", theirs: "# Theirs\n" });
  expect(picture).toMatchObject({ path: "picture.png", isText: false });
  expect(await kb.blob(picture?.ours ?? "")).toEqual(Buffer.from([0, 7]));
  expect(await kb.blob(picture?.theirs ?? "")).toEqual(Buffer.from([0, 9]));
  expect(await kb.readFile("deleted-here.md")).toBe("# Theirs\n");
  expect(await kb.readFile("deleted-there.md")).toBeNull();
});

/** Rules whose next recording of a commit is cut off, as by a crash. */
function cutOff() {
  const state = { isArmed: false };
  const files: FileRules = {
    ...noteFiles,
    record: async (tx, given) => {
      if (state.isArmed) {
        state.isArmed = false;
        throw new Error("crash");
      }
      return noteFiles.record(tx, given);
    },
  };
  return { files, arm: () => void (state.isArmed = true) };
}

test.for(["the next operation", "the next sync", "the next start"])(
  "a crash between the merge and its rows does not lose what was parked: %s opens it",
  async (next, { ctx, make, db }) => {
    const { files, arm } = cutOff();
    const { kb, spaceId, home, path, other } = await withColleague(ctx, make, files);
    await kb.runOperation(ctx, writing("a.md", "# Ours\n"));
    await pushBy(other, "a.md", "# Theirs\n");
    arm();
    await expect(kb.sync(ctx)).rejects.toThrow("crash");
    const [merge] = await subjects(kb);
    expect(merge).toBe("Take in a commit of others");
    // As a kill leaves it: nobody could say that it failed.
    await db.pool.query("update kb_operations set status = 'running', finished_at = null where kind = 'sync'");
    expect(await db.prisma.kbConflict.findMany({ where: { spaceId } })).toMatchObject([{ status: "preparing" }]);
    // It is not shown before it is true.
    expect((await kbConflicts(ctx, { spaceId })).items).toEqual([]);
    expect(await kbStatus(ctx, { spaceId })).toMatchObject({ openConflicts: 0 });

    if (next === "the next operation") await kb.runOperation(ctx, writing("b.md", "b"));
    else if (next === "the next sync") await kb.sync(ctx);
    else
      await openHome(ctx, { ...home, env: { KB_GIT_REMOTE: path } })
        .kbs.open(spaceId)
        .then((each) => each.sync(ctx));
    expect(await onlyConflict(ctx, spaceId)).toMatchObject({
      status: "open",
      files: [{ base: TEXT, ours: "# Ours\n", theirs: "# Theirs\n" }],
    });
    expect(await db.prisma.note.findFirst({ where: { spaceId, path: "a.md" } })).toMatchObject({ title: "Theirs" });
    const events = await eventsSince(db, { spaceId, after: 0 });
    expect(events.filter((event) => event.type === "kb.conflicted")).toHaveLength(1);
    // And the operation that was cut off is not under way for ever.
    const rows = await db.prisma.kbOperation.findMany({ where: { spaceId, kind: "sync" } });
    expect(rows.map((row) => row.status)).not.toContain("running");
    expect((await subjects(kb)).filter((subject) => subject === merge)).toHaveLength(1);
  },
);

test("what was parked for a merge that never became part of the branch is forgotten, and what is parked for the next one counts", async ({
  ctx,
  make,
  db,
}) => {
  let beforeMerge = async () => {};
  const files: FileRules = {
    ...noteFiles,
    generate: async (tree, changes) => {
      const once = beforeMerge;
      beforeMerge = async () => {};
      await once();
      return noteFiles.generate(tree, changes);
    },
  };
  const { kb, spaceId, other } = await withColleague(ctx, make, files);
  await kb.runOperation(ctx, writing("a.md", "# Ours\n"));
  await pushBy(other, "a.md", "# Theirs\n");
  // A person's commit comes between the reading of the branch and its move.
  beforeMerge = async () => void (await personsGit(kb.folder, "commit", "-qm", "By hand", "--allow-empty"));
  await kb.sync(ctx);
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ syncFailure: expect.stringMatching(/branch moved/) });
  expect(await db.prisma.kbConflict.findMany({ where: { spaceId } })).toMatchObject([{ status: "preparing" }]);
  const [{ id: forgotten } = { id: "" }] = await db.prisma.kbConflict.findMany({ where: { spaceId } });

  await kb.sync(ctx);
  expect(await kbStatus(ctx, { spaceId })).toMatchObject({ syncFailure: null, openConflicts: 1 });
  const rows = await db.prisma.kbConflict.findMany({ where: { spaceId } });
  expect(rows.map((row) => [row.status, row.id === forgotten])).toEqual([["open", false]]);
  expect(await kb.readFile("a.md")).toBe("# Theirs\n");
});
