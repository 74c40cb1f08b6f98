// The rows of notes: what a commit made of the files, whoever made it.
import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { RecordedChange } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { noteFiles } from "./index.ts";

const at = new Date("2026-11-21T10:00:00Z");
const actor = { type: "system", name: "test" } as const;

async function space(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const kb = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  let commits = 0;
  /** One commit with these files; null takes one away. */
  const commit = async (files: Record<string, string | null>, proposalId: string | null = null) => {
    commits += 1;
    const commitHash = String(commits).padStart(40, "0");
    const changes: RecordedChange[] = Object.entries(files).map(([path, content]) => ({ path, content }));
    const given = { spaceId, kbId: kb.id, changes, commitHash, committedAt: at, proposalId, actor };
    await transaction(ctx.db, (tx) => noteFiles.record(tx, given));
    return commitHash;
  };
  const idOf = async (path: string) =>
    (await ctx.db.prisma.note.findUnique({ where: { kbId_path: { kbId: kb.id, path } } }))?.id ?? null;
  const events = async () =>
    (await eventsSince(ctx.db, { spaceId, after: 0 }))
      .filter(({ type }) => !/^(?:topic|atom)\./.test(type))
      .map(({ type, subjectId }) => [type, subjectId]);
  return { spaceId, kbId: kb.id, commit, idOf, events };
}

test("a path is one note, however often it is committed, and is announced each time", async ({ ctx, make }) => {
  const { commit, idOf, events } = await space(ctx, make);
  await commit({ "topics/importer/a.md": "# One\n" });
  const noteId = await idOf("topics/importer/a.md");
  const second = await commit({ "topics/importer/a.md": "# Two\n" });
  expect(await ctx.db.prisma.note.findUnique({ where: { id: noteId ?? "" } })).toMatchObject({
    path: "topics/importer/a.md",
    title: "Two",
    topic: "importer",
    commitHash: second,
  });
  await commit({ "topics/importer/a.md": null });
  await commit({ "topics/importer/a.md": null });
  expect(await idOf("topics/importer/a.md")).toBeNull();
  expect(await events()).toEqual([
    ["note.committed", noteId],
    ["note.committed", noteId],
    ["note.reverted", noteId],
  ]);
});

test("a note that is moved keeps its id, its proposal and its age", async ({ ctx, make }) => {
  const { spaceId, commit, idOf, events } = await space(ctx, make);
  const proposal = await make.proposal({ spaceId });
  const text = "---\ntitle: Tides\n---\n\nHigh at noon.\n";
  await commit({ "a.md": text, "b.md": "# Other\n" }, proposal.id);
  const [tides, other] = [await idOf("a.md"), await idOf("b.md")];
  await commit({ "a.md": null, "topics/tides/a.md": text, "c.md": "# New\n" });
  expect(await idOf("topics/tides/a.md")).toBe(tides);
  expect(await idOf("a.md")).toBeNull();
  expect(await idOf("b.md")).toBe(other);
  expect(await idOf("c.md")).not.toBe(tides);
  expect(await ctx.db.prisma.note.findUnique({ where: { id: tides ?? "" } })).toMatchObject({
    proposalId: proposal.id,
  });
  // It was moved, not taken away.
  expect((await events()).map(([type]) => type)).not.toContain("note.reverted");
});

test("of two notes with one text that are moved at once, each keeps an id of its own", async ({ ctx, make }) => {
  const { kbId, commit, idOf } = await space(ctx, make);
  await commit({ "a.md": "# Same\n", "b.md": "# Same\n" });
  const before = [await idOf("a.md"), await idOf("b.md")];
  await commit({ "a.md": null, "b.md": null, "x/a.md": "# Same\n", "x/b.md": "# Same\n" });
  const after = await ctx.db.prisma.note.findMany({ where: { kbId }, orderBy: { path: "asc" } });
  expect(after.map((note) => note.path)).toEqual(["x/a.md", "x/b.md"]);
  expect(new Set(after.map((note) => note.id)).size).toBe(2);
  expect(after.some((note) => before.includes(note.id))).toBe(true);
});

test("a note that takes the place of another is that other one, and no id is used twice", async ({ ctx, make }) => {
  const { commit, idOf } = await space(ctx, make);
  await commit({ "a.md": "# A\n\nText of a.\n", "b.md": "# B\n\nText of b.\n" });
  const [a, b] = [await idOf("a.md"), await idOf("b.md")];
  await commit({ "a.md": "# B\n\nText of b.\n", "b.md": null });
  expect([await idOf("a.md"), await idOf("b.md")]).toEqual([a, null]);
  expect(b).not.toBe(a);
});

test("listings and files that are no notes have no rows; a note that becomes too large loses its own", async ({
  ctx,
  make,
}) => {
  const { kbId, commit, events } = await space(ctx, make);
  await commit({
    "index.md": "# All\n",
    "topics/a/index.md": "# A\n",
    "media/a.png": null,
    "a.txt": "text",
    "a.md": "# A\n",
  });
  expect(await ctx.db.prisma.note.findMany({ where: { kbId }, select: { path: true } })).toEqual([{ path: "a.md" }]);
  await commit({ "a.md": null });
  expect(await ctx.db.prisma.note.count({ where: { kbId } })).toBe(0);
  expect((await events()).map(([type]) => type)).toEqual(["note.committed", "note.reverted"]);
});

test("a hundred notes are announced one by one; a hundred and fifty at once are one piece of news", async ({
  ctx,
  make,
}) => {
  const { kbId, commit, events } = await space(ctx, make);
  const many = (count: number, text: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`notes/${i}.md`, `# ${text} ${i}\n`]));
  await commit(many(100, "Old"));
  expect(await events()).toHaveLength(100);
  await commit(many(150, "New"));
  expect((await events()).slice(100)).toEqual([["kb.synced", kbId]]);
  expect(await ctx.db.prisma.note.count({ where: { kbId, title: { startsWith: "New" } } })).toBe(150);
});
