// What people do with topics becomes commits, and can be taken back.
import { expect, test as plain } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { openHome } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { createNote, editTopic, mergeTopics, revertCommit } from "../request.ts";
import { writeRequested } from "../write.ts";
import { alikeTopics } from "./alike.ts";
import { withMoves } from "./follow-moves.ts";
import { listTopics } from "./list.ts";
import { topicById } from "./topic.ts";

plain("topics that share a name, or are spelled nearly the same, may be one", () => {
  const named = (id: string, name: string, ...aliases: string[]) => ({ id, name, aliases });
  const alike = alikeTopics([
    named("1", "CSV import"),
    named("2", "Import (CSV)"),
    named("3", "Экспорт отчётов"),
    named("4", "Экспорт отчетов"),
    named("5", "Payments", "billing"),
    named("6", "Billing"),
    named("7", "Tides"),
  ]);
  expect(alike.map(({ ids }) => ids.join(" ")).toSorted()).toEqual(["1 2", "3 4", "5 6"]);
});

plain("links follow a move in text and front matter, and other paths that begin alike stay", () => {
  const text =
    "---\nlinks:\n  - { relation: solves, to: /a/b.md }\nodd: /a/b.md.old\n---\n\n[x](/a/b.md) [y](/a/b.md#z) /a/b.md\n";
  expect(withMoves(text, new Map([["a/b.md", "c/d.md"]]))).toBe(
    "---\nlinks:\n  - { relation: solves, to: /c/d.md }\nodd: /a/b.md.old\n---\n\n[x](/c/d.md) [y](/c/d.md#z) /a/b.md\n",
  );
});

async function room(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const { kbs } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  const write = async ({ operationId }: { operationId: string }) => {
    await writeRequested(ctx, kb, operationId);
    return ctx.db.prisma.kbOperation.findUniqueOrThrow({ where: { id: operationId } });
  };
  const create = async (
    topic: string,
    title: string,
    body = "Text.",
    type: "Note" | "Decision" | "Question" = "Decision",
  ) => {
    await write(await createNote(ctx, { spaceId, type, title, body, topic, tags: [] }));
    return ctx.db.prisma.note.findFirstOrThrow({ where: { spaceId, title } });
  };
  const topics = async () =>
    (await listTopics(ctx, { spaceId })).items.map(({ id, name, aliases, notes }) => ({ id, name, aliases, notes }));
  return { spaceId, kb, write, create, topics };
}

test("the words of a topic are written into its own note, which is made where there is none", async ({ ctx, make }) => {
  const { spaceId, kb, write, create, topics } = await room(ctx, make);
  await create("Harbour permit", "Renew in May");
  const [{ id: topicId } = { id: "" }] = await topics();
  const words = {
    spaceId,
    topicId,
    name: "Harbour permits",
    description: "Papers for the pier.",
    aliases: ["berth papers"],
  };
  expect((await write(await editTopic(ctx, words))).status).toBe("committed");
  expect(await topics()).toEqual([{ id: topicId, name: "Harbour permits", aliases: ["berth papers"], notes: 2 }]);
  const { noteId } = await topicById(ctx, { spaceId, topicId });
  const own = await ctx.db.prisma.note.findUniqueOrThrow({ where: { id: noteId ?? "" } });
  expect(own).toMatchObject({ type: "Topic", title: "Harbour permits", isVerified: true });
  await write(await editTopic(ctx, { ...words, aliases: [] }));
  expect(await topics()).toEqual([{ id: topicId, name: "Harbour permits", aliases: [], notes: 2 }]);
  expect(await kb.readFile(own.path)).not.toContain("aliases");
});

test("merging moves the notes, leads links to them, keeps the names, and can be taken back", async ({ ctx, make }) => {
  const { spaceId, kb, write, create, topics } = await room(ctx, make);
  const moved = await create("CSV import", "Use UTF-8");
  await create("Import of CSV", "Use UTF-8 always", `See [it](/${moved.path}).`);
  await create("Elsewhere", "Mentions it", `As in [this](/${moved.path}).`);
  const before = await topics();
  const idOf = (name: string) => before.find((topic) => topic.name === name)?.id ?? "";
  const pair = { topicId: idOf("CSV import"), intoId: idOf("Import of CSV") };
  await expect(mergeTopics(ctx, { spaceId, topicId: pair.intoId, intoId: pair.intoId })).rejects.toMatchObject({
    code: "invalid_input",
  });
  const merge = await write(await mergeTopics(ctx, { spaceId, ...pair }));
  expect(merge.status).toBe("committed");
  expect((await topics()).map(({ name, aliases, notes }) => [name, aliases, notes])).toEqual([
    ["Elsewhere", [], 1],
    ["Import of CSV", ["CSV import"], 3],
  ]);
  const now = await ctx.db.prisma.note.findUniqueOrThrow({ where: { id: moved.id } });
  expect(now).toMatchObject({ path: moved.path.replace("csv-import", "import-of-csv"), topic: "Import of CSV" });
  const others = await ctx.db.prisma.note.findMany({ where: { spaceId, body: { contains: `](/${now.path})` } } });
  expect(others.map((note) => note.title).toSorted()).toEqual(["Mentions it", "Use UTF-8 always"]);
  expect(await kb.readFile("topics/csv-import/index.md")).toBeNull();
  await write(await revertCommit(ctx, { spaceId, commitHash: merge.commitHash ?? "", subject: merge.subject }));
  expect((await topics()).map(({ name, aliases, notes }) => [name, aliases, notes])).toEqual(
    before.map(({ name, aliases, notes }) => [name, aliases, notes]),
  );
});

test("a topic shows what hangs together and which questions nothing solves", async ({ ctx, make }) => {
  const { spaceId, create, topics } = await room(ctx, make);
  const question = await create("Import", "Which encoding?", "We do not know.", "Question");
  await create("Import", "A plain note", "Text.", "Note");
  const [{ id: topicId } = { id: "" }] = await topics();
  const shown = await topicById(ctx, { spaceId, topicId });
  expect(shown.atoms.map(({ id, isOpen }) => [id, isOpen])).toEqual([[question.id, true]]);
  expect(shown.notes.map((note) => note.title)).toEqual(["A plain note"]);
  await expect(topicById(ctx, { spaceId: (await make.space()).id, topicId })).rejects.toMatchObject({
    code: "not_found",
  });
});
