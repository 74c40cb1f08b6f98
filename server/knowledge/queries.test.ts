import fc from "fast-check";
import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { noteFiles, renderNote } from "./index.ts";
import { noteById, noteTree } from "./queries.ts";
import { searchNotes } from "./search/search-notes.ts";
import type { NoteDraft } from "./schema.ts";

const at = new Date("2026-11-21T10:00:00Z");
const actor = { type: "system", name: "test" } as const;

async function space(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const kb = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  const about = { spaceId, kbId: kb.id, commitHash: "a".repeat(40), committedAt: at, proposalId: null, actor };
  const putText = async (path: string, content: string) => {
    await transaction(ctx.db, (tx) => noteFiles.record(tx, { ...about, changes: [{ path, content }] }));
    return ctx.db.prisma.note.findUniqueOrThrow({ where: { kbId_path: { kbId: kb.id, path } } });
  };
  const put = (path: string, given: Partial<NoteDraft> = {}) =>
    putText(
      path,
      renderNote({
        type: "Decision",
        title: "Ship the importer",
        description: "",
        body: "Behind a flag.",
        topic: "Importer",
        tags: [],
        sources: [],
        generatedBy: "rules",
        generatedAt: at,
        verifiedBy: null,
        ...given,
      }),
    );
  return { spaceId, put, putText };
}

test("a note names the messages it rests on and never shows those of another space", async ({ ctx, make }) => {
  const { spaceId, put } = await space(ctx, make);
  const mine = await make.message({ spaceId });
  const foreign = await make.message();
  const source = (messageId: string) => ({
    messageId,
    resource: null,
    title: "Chat",
    author: { ref: "human:tg-1", name: "N" },
    quote: "q",
    at,
  });
  const { id: noteId } = await put("topics/importer/a.md", { sources: [source(mine.id), source(foreign.id)] });
  const note = await noteById(ctx, { spaceId, noteId });
  expect(note.sources.map((each) => [each.id, each.messageId, each.author])).toEqual([
    ["m1", mine.id, "Nora Field"],
    ["m2", null, "human:tg-1"],
  ]);
  expect(note.text).toBe("Behind a flag.");
  const other = await make.space();
  await expect(noteById(ctx, { spaceId: other.id, noteId })).rejects.toMatchObject({ code: "not_found" });
});

test("the tree has folders with their notes, tasks last", async ({ ctx, make }) => {
  const { spaceId, put } = await space(ctx, make);
  const task = { priority: null, category: null, assignee: null, due: null, state: "open" } as const;
  await put("tasks/a.md", { type: "Task", task });
  await put("topics/importer/b.md");
  await put("topics/by-hand/c.md", { topic: null });
  const { folders, total, isCut } = await noteTree(ctx, { spaceId });
  expect(folders.map(({ kind, title, notes }) => [kind, title, notes.map((note) => note.state)])).toEqual([
    ["topic", "Importer", [null]],
    ["topic", "by hand", [null]],
    ["tasks", "Tasks", ["open"]],
  ]);
  expect([total, isCut]).toEqual([3, false]);
});

test("search finds words, phrases and beginnings in its own space, titles first, with the match marked", async ({
  ctx,
  make,
}) => {
  const { spaceId, put } = await space(ctx, make);
  const { spaceId: otherId, put: putElsewhere } = await space(ctx, make);
  await put("a.md", { title: "Tides", body: "The permit for the harbour is due." });
  await put("b.md", { title: "Permit", body: "Something else." });
  await putElsewhere("c.md", { title: "Permit" });
  const titles = async (query: string) =>
    (await searchNotes({}, ctx, { spaceId, query })).items.map((item) => item.title);
  expect(await titles("permit")).toEqual(["Permit", "Tides"]);
  expect(await titles("harb")).toEqual(["Tides"]);
  expect(await titles(`"harbour permit"`)).toEqual([]);
  expect(await titles("permit -harbour")).toEqual(["Permit"]);
  expect(await titles("")).toEqual([]);
  const { items } = await searchNotes({}, ctx, { spaceId, query: "harbour" });
  expect(items[0]?.snippet.filter((piece) => piece.isMatch).map((piece) => piece.text)).toEqual(["harbour"]);
  expect((await searchNotes({}, ctx, { spaceId: otherId, query: "tides" })).items).toEqual([]);
});

test("search answers any input at all", async ({ ctx, make }) => {
  const { spaceId, put } = await space(ctx, make);
  await put("a.md");
  const odd = [
    '"(',
    "a:*",
    "'",
    "''",
    "!",
    "& |",
    "-",
    "\\",
    "\0",
    "a'b",
    "ship:*",
    "\ud800",
    "<->",
    'or "',
    "%",
    "(((",
    "a <-> ",
  ];
  for (const query of odd) await searchNotes({}, ctx, { spaceId, query });
  const pieces = fc
    .array(fc.constantFrom(...odd, "ship", "the", " ", "or", '"'), { maxLength: 8 })
    .map((each) => each.join(""));
  await fc.assert(
    fc.asyncProperty(fc.oneof(pieces, fc.string({ unit: "binary" })), async (query) => {
      await searchNotes({}, ctx, { spaceId, query });
    }),
    { numRuns: 200 },
  );
});

test("a note of any size and with any character can be found", async ({ ctx, make }) => {
  const { spaceId, putText } = await space(ctx, make);
  const words = Array.from({ length: 200_000 }, (_, i) => `w${i}`).join(" ");
  await putText("big.md", `---\ntitle: "nul \\0 in it"\n"k\\0": ["\\ud800", "\\\\u0000"]\n---\n\0 ${words}`);
  expect((await searchNotes({}, ctx, { spaceId, query: "w17" })).items).toHaveLength(1);
});
