import { expect } from "vitest";

import type { Kbs } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { openHome, personsGit } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { commitChanges, noteBlame, noteHistory, noteSource } from "./history.ts";
import { createNote, deleteNote, editNote, moveNote, revertCommit } from "./request.ts";
import { EditNoteInput } from "./schema.ts";
import { writeRequested } from "./write.ts";

// Guarantee: what a person asks to be written is kept with the request, written once, and never over somebody else's words.

async function openNotes(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const { kbs } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  const write = async ({ operationId }: { operationId: string }) => {
    await writeRequested(ctx, kb, operationId);
    return ctx.db.prisma.kbOperation.findUniqueOrThrow({ where: { id: operationId } });
  };
  const create = async (title: string, body: string) => {
    const input = { spaceId, type: "Note" as const, title, body, topic: "Harbour", tags: [] };
    await write(await createNote(ctx, input));
    return ctx.db.prisma.note.findFirstOrThrow({ where: { spaceId, title } });
  };
  return { spaceId, kbs, kb, write, create };
}

const sourceOf = (kbs: Kbs, ctx: Ctx, spaceId: string, noteId: string) => noteSource({ kbs }, ctx, { spaceId, noteId });

test("a note is created, and its listing with it, in one commit that is made once", async ({ ctx, make, db }) => {
  const { spaceId, kb, write, create } = await openNotes(ctx, make);
  const note = await create("Tide tables", "They hang in the office.");
  expect(note.path).toMatch(/^topics\/harbour\/\d{4}-\d\d-\d\d-tide-tables\.md$/);
  expect(await kb.readFile("topics/harbour/index.md")).toContain("[Tide tables]");
  expect(await kb.readFile("index.md")).toContain("(/topics/harbour/index.md)");
  const operation = await db.prisma.kbOperation.findFirstOrThrow({ where: { spaceId } });
  await write({ operationId: operation.id });
  expect((await personsGit(kb.folder, "log", "--format=%s")).split("\n")).toHaveLength(2);
});

test("two edits of different places are both in the note; of the same place the second one waits for a person", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kbs, kb, write, create } = await openNotes(ctx, make);
  const { id: noteId, path } = await create("Pier", "First line.\n\nSecond line.\n\nThird line.\n\nFourth line.");
  const { base, content } = await sourceOf(kbs, ctx, spaceId, noteId);
  const edit = (from: string, to: string) =>
    editNote(ctx, { spaceId, noteId, base, content: content.replace(from, to) });
  const [one, other, clash] = [
    await edit("First line.", "First line, by Vera."),
    await edit("Fourth line.", "Fourth line, by Ivo."),
    await edit("First line.", "First line, by Nora."),
  ];
  expect([(await write(one)).status, (await write(other)).status]).toEqual(["committed", "committed"]);
  expect(await kb.readFile(path)).toMatch(/First line, by Vera\.[^]*Fourth line, by Ivo\./);
  expect((await write(clash)).status).toBe("conflicted");
  expect(await kb.readFile(path)).toContain("First line, by Vera.");
  const { files } = await db.prisma.kbConflict.findFirstOrThrow({ where: { spaceId }, include: { files: true } });
  expect(files[0]?.ours).toContain("First line, by Nora.");
  expect(files[0]?.theirs).toContain("First line, by Vera.");
});

test("edits of two people, and one from before a move, are all in the note, with the approval of each", async ({
  ctx,
  as,
  make,
}) => {
  const { spaceId, kbs, kb, write, create } = await openNotes(ctx, make);
  const { id: noteId } = await create("Pier", "First line.\n\nSecond line.\n\nThird line.\n\nFourth line.");
  const { base, content } = await sourceOf(kbs, ctx, spaceId, noteId);
  const [vera, ivo] = [await make.user({ spaceId, name: "Vera" }), await make.user({ spaceId, name: "Ivo" })];
  const edits = [
    await editNote(as(vera.actor), { spaceId, noteId, base, content: content.replace("First line.", "One.") }),
    await editNote(as(ivo.actor), { spaceId, noteId, base, content: content.replace("Fourth line.", "Four.") }),
  ];
  const to = "topics/harbour/moved.md";
  await write(await moveNote(ctx, { spaceId, noteId, path: to }));
  for (const edit of edits) expect((await write(edit)).status).toBe("committed");
  const text = (await kb.readFile(to)) ?? "";
  expect(text).toMatch(/One\.[^]*Second line\.[^]*Four\./);
  expect(text).toMatch(/name: Vera[^]*name: Ivo/);
});

test("what would make a note unreadable is refused before anything is kept", async ({ ctx, make, db }) => {
  const { spaceId, kbs, create } = await openNotes(ctx, make);
  const { id: noteId } = await create("Pier", "Text.");
  const { base, content } = await sourceOf(kbs, ctx, spaceId, noteId);
  const edit = (text: string) => editNote(ctx, { spaceId, noteId, base, content: text });
  await expect(edit("---\ntype: [\n---\n\nText")).rejects.toThrow("not valid YAML");
  await expect(edit(`${content}\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n`)).rejects.toThrow("<<<<<<<");
  await expect(moveNote(ctx, { spaceId, noteId, path: "../outside.md" })).rejects.toThrow("leaves its folder");
  await expect(moveNote(ctx, { spaceId, noteId, path: "topics/harbour/index.md" })).rejects.toThrow("not called");
  expect(await db.prisma.kbOperation.count({ where: { spaceId } })).toBe(1);
});

test("a note without a type gets one, and keys and comments that Winnow does not know survive an edit", async ({
  ctx,
  make,
}) => {
  const { spaceId, kbs, kb, write, create } = await openNotes(ctx, make);
  const { id: noteId, path } = await create("Pier", "Text.");
  const { base } = await sourceOf(kbs, ctx, spaceId, noteId);
  const content = "---\n# mine\ncolour: blue # of the sea\ntitle: Pier\n---\n\nText by hand.\n";
  await write(await editNote(ctx, { spaceId, noteId, base, content }));
  expect(await kb.readFile(path)).toMatch(
    /^---\n# mine\ncolour: blue # of the sea\ntitle: Pier\ntype: Note\nverified:[^]*---\n\nText by hand\.\n$/,
  );
});

test("a moved note keeps its id, the links of others follow, and both listings say so", async ({ ctx, make, db }) => {
  const { spaceId, kb, write, create } = await openNotes(ctx, make);
  const moved = await create("Tide tables", "They hang in the office.");
  const linking = await create("Office", `See [the tables](/${moved.path}).`);
  const to = "topics/office/tide-tables.md";
  const operation = await write(await moveNote(ctx, { spaceId, noteId: moved.id, path: to }));
  expect(operation.files.toSorted()).toEqual(
    [moved.path, linking.path, to, "topics/harbour/index.md", "topics/office/index.md", "index.md"].toSorted(),
  );
  expect(await db.prisma.note.findUniqueOrThrow({ where: { id: moved.id } })).toMatchObject({ path: to });
  expect(await kb.readFile(linking.path)).toContain(`(/${to})`);
  expect(await kb.readFile("topics/harbour/index.md")).not.toContain("Tide tables");
  expect(await kb.readFile("topics/office/index.md")).toContain("Tide tables");
});

test("a deleted note leaves the index and the listings, stays in the history, and can be brought back", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, kb, write, create } = await openNotes(ctx, make);
  const note = await create("Tide tables", "They hang in the office.");
  const { commitHash } = await write(await deleteNote(ctx, { spaceId, noteId: note.id }));
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(0);
  expect(await kb.readFile("topics/harbour/index.md")).toBeNull();
  await write(await revertCommit(ctx, { spaceId, commitHash: commitHash!, subject: "Delete" }));
  expect(await kb.readFile(note.path)).toContain("They hang in the office.");
  expect(await db.prisma.note.findFirstOrThrow({ where: { spaceId } })).toMatchObject({ path: note.path });
  expect(await kb.readFile("topics/harbour/index.md")).toContain("Tide tables");
});

test("an edit from before a move is taken back where the note is now", async ({ ctx, make }) => {
  const { spaceId, kbs, kb, write, create } = await openNotes(ctx, make);
  const note = await create("Tide tables", "They hang in the office.");
  const { base, content } = await sourceOf(kbs, ctx, spaceId, note.id);
  const changed = content.replace("in the office", "at the pier");
  const edit = await write(await editNote(ctx, { spaceId, noteId: note.id, base, content: changed }));
  const to = "topics/office/tide-tables.md";
  await write(await moveNote(ctx, { spaceId, noteId: note.id, path: to }));
  const revert = await write(await revertCommit(ctx, { spaceId, commitHash: edit.commitHash!, subject: "Edit" }));
  expect(revert.status).toBe("committed");
  expect(await kb.readFile(to)).toContain("They hang in the office.");
  expect(await kb.readFile(note.path)).toBeNull();
});

test("history follows a note over its move, tells what each commit changed, and who brought each line", async ({
  ctx,
  make,
}) => {
  const { spaceId, kbs, write, create } = await openNotes(ctx, make);
  const note = await create("Tide tables", "They hang in the office.\n\nAsk Nora.");
  await write(await moveNote(ctx, { spaceId, noteId: note.id, path: "topics/office/tide-tables.md" }));
  const { base, content } = await sourceOf(kbs, ctx, spaceId, note.id);
  const changed = content.replace("Ask Nora.", "Ask Ivo.");
  await write(await editNote(ctx, { spaceId, noteId: note.id, base, content: changed }));

  const { items } = await noteHistory({ kbs }, ctx, { spaceId, noteId: note.id });
  expect(items.map(({ kind, path }) => ({ kind, path }))).toEqual([
    { kind: "edit", path: "topics/office/tide-tables.md" },
    { kind: "move", path: "topics/office/tide-tables.md" },
    { kind: "create", path: note.path },
  ]);
  const { files } = await commitChanges({ kbs }, { spaceId, commitHash: items[0]!.hash });
  expect(files).toEqual([
    { path: "topics/office/tide-tables.md", before: content, after: expect.stringContaining("Ask Ivo."), isText: true },
  ]);
  const { ranges } = await noteBlame({ kbs }, ctx, { spaceId, noteId: note.id });
  const commitOf = (line: string) => ranges.find(({ lines }) => lines.includes(line))?.commit.hash;
  expect(commitOf("They hang in the office.")).toBe(items[2]!.hash);
  expect(commitOf("Ask Ivo.")).toBe(items[0]!.hash);
});

test("hostile input is refused in words before anything is kept", async ({ ctx, make, db }) => {
  const { spaceId, kbs, write, create } = await openNotes(ctx, make);
  const { id: noteId } = await create("Pier", "Text.");
  const { base, content } = await sourceOf(kbs, ctx, spaceId, noteId);
  expect(EditNoteInput.safeParse({ noteId, base: "@:b.md\n".repeat(5) + "@:b.t", content }).success).toBe(false);
  expect(EditNoteInput.safeParse({ noteId, base, content: "a\0b" }).success).toBe(false);
  for (const yaml of ["x: &a [*a]", "x: *nope"]) {
    const edit = editNote(ctx, { spaceId, noteId, base, content: `---\n${yaml}\n---\n\nText\n` });
    await expect(edit).rejects.toThrow("not valid YAML");
  }
  const above = editNote(ctx, { spaceId, noteId, base, content: `A line at the top.\n${content}` });
  await expect(above).rejects.toThrow("must stay at the very top");
  const hidden = editNote(ctx, { spaceId, noteId, base, content: `${content}\n\u200b<<<<<<< ours\n` });
  await expect(hidden).rejects.toThrow("<<<<<<<");
  const created = createNote(ctx, { spaceId, type: "Note", title: "X", body: "<<<<<<<\ta", topic: null, tags: [] });
  await expect(created).rejects.toThrow("<<<<<<<");
  await expect(moveNote(ctx, { spaceId, noteId, path: "topics/harbour/Index.md" })).rejects.toThrow("not called");
  const other = await create("Quay", "Text.");
  const operation = await moveNote(ctx, { spaceId, noteId, path: other.path.replace("quay", "QUAY") });
  await expect(write(operation)).rejects.toThrow("other systems take for it");
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(2);
});
