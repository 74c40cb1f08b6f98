// Topics, atoms and their links are what the notes say, after each commit.
import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { noteFiles } from "../index.ts";
import { knowledgeFor } from "./knowledge-for.ts";

const actor = { type: "system", name: "test" } as const;
type Front = Record<string, unknown>;

async function room(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const kb = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  let commits = 0;
  /** One commit: front matter and text by path; null takes a file away. */
  const commit = async (files: Record<string, [Front, string?] | null>) => {
    commits += 1;
    const changes = Object.entries(files).map(([path, file]) => ({
      path,
      content: file && `---\n${JSON.stringify(file[0])}\n---\n\n${file[1] ?? "Text."}\n`,
    }));
    const about = { spaceId, kbId: kb.id, commitHash: String(commits).padStart(40, "0"), committedAt: new Date() };
    await transaction(ctx.db, (tx) => noteFiles.record(tx, { ...about, proposalId: null, actor, changes }));
  };
  const topics = async () =>
    (await ctx.db.prisma.topic.findMany({ where: { spaceId }, orderBy: { slug: "asc" }, include: { note: true } })).map(
      ({ slug, name, aliases, note }) => ({ slug, name, aliases, note: note?.path ?? null }),
    );
  const atoms = async () =>
    (
      await ctx.db.prisma.atom.findMany({
        where: { spaceId },
        orderBy: { note: { path: "asc" } },
        include: { note: true, topic: true, linksOut: { include: { to: { include: { note: true } } } } },
      })
    ).map(({ type, note, topic, linksOut }) => ({
      path: note.path,
      ...{ type, topic: topic?.slug ?? null },
      links: linksOut.map((link) => `${link.relation} ${link.to?.note.path ?? `(${link.toPath})`}`),
    }));
  const events = async () => (await eventsSince(ctx.db, { spaceId, after: 0 })).map(({ type }) => type);
  return { spaceId, commit, topics, atoms, events };
}

test("a topic is a folder with notes in it, named by its own note, or else by its first one", async ({ ctx, make }) => {
  const { commit, topics, events } = await room(ctx, make);
  await commit({ "topics/csv-import/b.md": [{ type: "Decision", title: "B", topic: "CSV import" }] });
  expect(await topics()).toEqual([{ slug: "csv-import", name: "CSV import", aliases: [], note: null }]);
  const own = "topics/csv-import/a.md";
  await commit({ [own]: [{ type: "Topic", title: "Imports", aliases: ["uploads", 7], description: "Files in." }] });
  const named = { slug: "csv-import", name: "Imports", aliases: ["uploads", "7"], note: own };
  expect(await topics()).toEqual([named]);
  expect((await events()).filter((type) => type.startsWith("topic"))).toEqual(["topic.created", "topic.updated"]);
  // What its other notes say does not touch it.
  await commit({ "topics/csv-import/b.md": [{ type: "Decision", title: "Another", topic: "CSV import" }] });
  expect((await events()).filter((type) => type.startsWith("topic"))).toHaveLength(2);
  await commit({
    "topics/files/a.md": [{ type: "Topic", title: "Imports", aliases: ["uploads", 7], description: "Files in." }],
    [own]: null,
  });
  expect(await topics()).toEqual([
    { slug: "csv-import", name: "CSV import", aliases: [], note: null },
    { ...named, slug: "files", note: "topics/files/a.md" },
  ]);
  await commit({ "topics/files/a.md": null });
  expect((await topics()).map(({ slug }) => slug)).toEqual(["csv-import"]);
});

test("atoms and their links follow the notes: targets that come, move and go", async ({ ctx, make }) => {
  const { commit, atoms } = await room(ctx, make);
  const [problem, solution] = ["topics/import/problem.md", "topics/import/solution.md"];
  const solves = { type: "Solution", title: "S", links: [{ relation: "solves", to: `/${problem}` }] };
  await commit({ [solution]: [solves], "tasks/t.md": [{ type: "Task", title: "T" }] });
  const first = { path: solution, type: "Solution", topic: "import", links: [`solves (${problem})`] };
  expect(await atoms()).toEqual([first]);
  await commit({ [problem]: [{ type: "Problem", title: "P" }, "It is slow."] });
  const resolved = { ...first, links: [`solves ${problem}`] };
  expect(await atoms()).toEqual([{ path: problem, type: "Problem", topic: "import", links: [] }, resolved]);
  await commit({ [problem]: null, "topics/speed/p.md": [{ type: "Problem", title: "P" }, "It is slow."] });
  expect((await atoms()).map(({ links }) => links)).toEqual([[`solves (${problem})`], []]);
  await commit({ [solution]: [{ ...solves, links: [{ relation: "solves", to: "/topics/speed/p.md" }] }] });
  expect((await atoms()).map(({ links }) => links)).toEqual([["solves topics/speed/p.md"], []]);
  // What is no atom any more has neither a row nor links.
  await commit({ "topics/speed/p.md": [{ type: "Note", title: "P" }], [solution]: [{ ...solves, type: "Note" }] });
  expect(await atoms()).toEqual([]);
  expect(await ctx.db.prisma.atomLink.count()).toBe(0);
});

test("what filters look at is read from the front matter", async ({ ctx, make }) => {
  const { spaceId, commit } = await room(ctx, make);
  const sources = [{ author: "human:tg-2" }, { author: "human:tg-1" }, { author: "human:tg-2" }];
  const verified = [{ by: "human:1" }];
  await commit({
    "a.md": [{ type: "Note", title: "A", status: "draft", stale_after: "2027-05-21", sources, verified }],
  });
  expect(await ctx.db.prisma.note.findFirst({ where: { spaceId } })).toMatchObject({
    ...{ status: "draft", isVerified: true, authors: ["human:tg-1", "human:tg-2"], topicSlug: null },
    staleAfter: new Date("2027-05-21T00:00:00Z"),
  });
});

test("what is known of a text: topics that it names, atoms that share its rare words, verified ones first", async ({
  ctx,
  make,
}) => {
  const { spaceId, commit } = await room(ctx, make);
  const verified = [{ by: "human:1" }];
  const decision = (title: string, text: string, more: Front = {}): [Front, string] => [
    { type: "Decision", title, description: text, ...more },
    text,
  ];
  await commit({
    "topics/harbour/t.md": [{ type: "Topic", title: "Harbour", aliases: ["the port"] }],
    "topics/harbour/a.md": decision("Permit by May", "The harbour permit is renewed in May."),
    "topics/harbour/b.md": decision("Permit stays", "The harbour permit stays with Nora.", { verified }),
    "topics/harbour/c.md": decision("Permit old", "The harbour permit was with Ben.", { status: "deprecated" }),
    "topics/cake/a.md": decision("Cake on Fridays", "There is cake.", { verified }),
    "topics/cake/n.md": [{ type: "Note", title: "Permit note" }, "The harbour permit."],
  });
  const ask = (text: string, topics = 9) => knowledgeFor(ctx, { spaceId, parts: [text], topics, atoms: 9 });
  const known = await ask("Who has the harbour permit now? Ask at The Port.", 1);
  expect(known.topics.map(({ name, aliases }) => [name, aliases])).toEqual([["Harbour", ["the port"]]]);
  expect(known.atoms.map(({ title, topic }) => [title, topic])).toEqual([
    ["Permit stays", "Harbour"],
    ["Permit by May", "Harbour"],
  ]);
  expect((await ask("Nothing of this.")).atoms).toEqual([]);
  expect((await ask("")).topics.map(({ name }) => name)).toEqual(["Harbour", "cake"]);
});
