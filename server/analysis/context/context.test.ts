import { expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import { noteWords } from "#server/knowledge/search/words-of-note.ts";
import { newId } from "#server/lib/ids.ts";
import { test } from "#tests/support/test.ts";

import { ProjectContext } from "../schema.ts";
import { changeContext, readContext } from "./context.ts";
import { whatIsKnown } from "./given.ts";

const NOTHING = ProjectContext.parse({});

test("what a team told is kept with who told it, clean and each thing once", async ({ db, as, make }) => {
  const { id: spaceId } = await make.space();
  const { actor } = await make.user({ spaceId, name: "Vera Lind" });
  const ctx = as(actor);
  expect(await readContext(ctx, { spaceId })).toEqual({ content: NOTHING, version: 0, changed: null });

  const content = ProjectContext.parse({
    about: "We run\u0000 a harbour.\r\n![x](https://evil.example)",
    keywords: ["permit", "Permit", "\u0007"],
    glossary: [
      { term: "TEU", meaning: "a\ncontainer" },
      { term: "\u202e", meaning: "nothing" },
    ],
    components: [{ name: "Crane", aliases: ["hoist", "Hoist"] }],
  });
  expect(await changeContext(ctx, { spaceId, content, seenVersion: 0 })).toEqual({ version: 1 });
  expect(await readContext(ctx, { spaceId })).toMatchObject({
    content: {
      about: "We run a harbour.\n[x](https://evil.example)",
      keywords: ["permit"],
      glossary: [{ term: "TEU", meaning: "a container" }],
      components: [{ name: "Crane", aliases: ["hoist"] }],
      people: [],
    },
    version: 1,
    changed: { by: "Vera Lind" },
  });
  const events = await eventsSince(db, { spaceId, after: 0 });
  expect(events.map(({ type, subjectId }) => [type, subjectId])).toEqual([["settings.changed", "context"]]);
});

test("of two who change the same version one does, and the other is told who", async ({ as, make }) => {
  const { id: spaceId } = await make.space();
  const { actor } = await make.user({ spaceId, name: "Vera Lind" });
  const ctx = as(actor);
  const change = (about: string, seenVersion: number) =>
    changeContext(ctx, { spaceId, content: { ...NOTHING, about }, seenVersion });
  for (const seenVersion of [0, 1]) {
    const ends = await Promise.allSettled(["a", "b", "c"].map((about) => change(about, seenVersion)));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const lost = ends.find((end) => end.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "conflict", message: expect.stringMatching(/^Vera Lind changed/u) });
    expect((await readContext(ctx, { spaceId })).version).toBe(seenVersion + 1);
  }
  await expect(change("d", 7)).rejects.toMatchObject({ code: "conflict" });
});

test("only people of the space can be named", async ({ ctx, make }) => {
  const [mine, other] = [await make.space(), await make.space()];
  const stranger = await make.contributor({ spaceId: other.id });
  const own = await make.contributor({ spaceId: mine.id });
  const change = (contributorId: string) => {
    const people = [{ name: "Nora", aliases: [], role: "", contributorId }];
    return changeContext(ctx, { spaceId: mine.id, content: { ...NOTHING, people }, seenVersion: 0 });
  };
  for (const id of [stranger.id, newId()]) await expect(change(id)).rejects.toMatchObject({ code: "not_found" });
  expect(await change(own.id)).toEqual({ version: 1 });
});

test("what was kept in a form that is no longer accepted counts as not told", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const updatedBy = { type: "system", name: "test" };
  await db.prisma.projectContext.create({ data: { spaceId, content: { about: 7 }, updatedBy, updatedAt: new Date() } });
  expect(await readContext(ctx, { spaceId })).toMatchObject({ content: NOTHING, version: 1 });
});

test("a reading is given the titles of the batches before it, of its run alone", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const [run, other] = [await make.run({ spaceId }), await make.run({ spaceId, status: "closed" })];
  await make.contributor({ spaceId, displayName: "Ada Quist", username: "ada" });
  // Each makes a batch of its own, one after the other.
  for (const title of ["First", "Second", "Third"]) await make.proposal({ runId: run.id, title });
  await make.proposal({ runId: other.id, title: "Elsewhere" });

  const given = await whatIsKnown(ctx, { spaceId, runId: run.id, beforePosition: 2, text: "anything" });
  expect(given.earlier.toSorted()).toEqual(["First", "Second"]);
  expect(given.contributors.map(({ name }) => name)).toContain("Ada Quist");
  const alone = await whatIsKnown(ctx, { spaceId, runId: null, beforePosition: 2, text: "anything" });
  expect(alone.earlier).toEqual([]);
});

test("a fact that few words of a long talk speak of is among what is given", async ({ ctx, db, make }) => {
  const { id: spaceId } = await make.space();
  const kb = await db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  const at = new Date();
  const fact = async (title: string) => {
    const id = newId();
    const times = { createdAt: at, updatedAt: at };
    await db.prisma.note.create({
      data: {
        ...{ id, spaceId, kbId: kb.id, path: `topics/a/${id}.md`, type: "Decision", title, tags: [], body: title },
        ...{ frontMatter: {}, commitHash: "0".repeat(40), committedAt: at, ...times },
      },
    });
    await db.pool.query(`update notes n set words = ${noteWords("n")} where n.id = $1`, [id]);
    await db.prisma.atom.create({ data: { id: newId(), spaceId, noteId: id, type: "Decision", ...times } });
  };
  await fact("Ship on Friday");
  await fact("Feed the cat");
  // Half an hour of talk that goes from one thing to the next, each in words of its own.
  const talkOf = (what: string) =>
    Array.from({ length: 6 }, (_, line) => [0, 3, 6, 9].map((word) => `${what}${(line % 3) + word}words`).join(" "));
  const text = [...talkOf("crane"), ...talkOf("pier"), "we will not ship on friday", ...talkOf("buoy")].join("\n");
  const given = await whatIsKnown(ctx, { spaceId, runId: null, beforePosition: 0, text });
  expect(given.atoms.map(({ title }) => title)).toEqual(["Ship on Friday"]);
});
