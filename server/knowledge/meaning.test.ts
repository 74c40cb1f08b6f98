import { expect } from "vitest";

import type { Kbs } from "#server/kb/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { bringChunksUpToDate, makeAllChunks } from "./chunks.ts";
import { knowledgeHandlers } from "./handlers.ts";
import { noteFiles } from "./index.ts";
import { type Embedder, embedMissing } from "./meaning.ts";
import { findPassages } from "./passages.ts";

const actor = { type: "system", name: "test" } as const;
const { signal } = new AbortController();
const THEMES = [/vacation|holiday|days off/i, /bread|loaf|baguette/i, /boat|ship|vessel/i, /money|price|fee/i];

/** Vectors of what a text is about, as far as this model knows it. */
function fakeEmbedder(model = "themes"): Embedder & { texts: string[] } {
  const texts: string[] = [];
  const embed = async (asked: string[]) => {
    texts.push(...asked);
    return asked.map((text) => {
      const vector = [0.3, ...THEMES.map((theme) => (theme.test(text) ? 1 : 0))];
      return Float32Array.from(vector, (number) => number / Math.hypot(...vector));
    });
  };
  return { model, embed, texts };
}

async function room(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const kb = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  let commits = 0;
  const put = async (notes: Record<string, string>) => {
    commits += 1;
    const about = { spaceId, kbId: kb.id, commitHash: String(commits).padStart(40, "0"), committedAt: new Date() };
    const changes = Object.entries(notes).map(([title, body]) => ({
      path: `${title}.md`,
      content: `---\ntitle: ${title}\n---\n${body}`,
    }));
    await transaction(ctx.db, (tx) => noteFiles.record(tx, { ...about, proposalId: null, actor, changes }));
  };
  const ask = (question: string, embedder: Embedder) => findPassages({ embedder }, ctx, { spaceId, question, signal });
  return { spaceId, put, ask };
}

test("what means the same is found in other words, and new texts as soon as they are there", async ({ ctx, make }) => {
  const { put, ask } = await room(ctx, make);
  const embedder = fakeEmbedder();
  await put({ Leave: "Everybody has 27 days of vacation.", Boats: "The ship is blue.", Oven: "It is hot." });
  const found = await ask("How long are holidays?", embedder);
  expect(found.map(({ title, how }) => [title, how])).toEqual([["Leave", ["meaning"]]]);
  expect(found[0]?.score).toBeGreaterThan(0.9);
  await put({ "Time away": "Ask for days off early." });
  expect((await ask("holidays", embedder)).map((each) => each.title).toSorted()).toEqual(["Leave", "Time away"]);
  await put({ Leave: "Nothing any more." });
  expect((await ask("holidays", embedder)).map((each) => each.title)).toEqual(["Time away"]);
  expect((await ask("holidays", fakeEmbedder("other"))).map((each) => each.title)).toEqual(["Time away"]);
});

test("each text is read once, and those that are too many by a job", async ({ ctx, make }) => {
  const { spaceId, put, ask } = await room(ctx, make);
  const embedder = fakeEmbedder();
  await put(Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`Note ${index}`, "The ship is blue."])));
  await makeAllChunks(ctx, { spaceId, signal });
  await ask("vessel", embedder);
  expect(embedder.texts).toHaveLength(1 + 256);
  const jobs = "select count(*)::int as count from graphile_worker.jobs where key = $1";
  expect((await ctx.db.pool.query(jobs, [`knowledge.embed:${spaceId}`])).rows).toEqual([{ count: 1 }]);
  while ((await embedMissing(embedder, ctx, { spaceId, signal })) === "more");
  await ask("vessel", embedder);
  expect(embedder.texts).toHaveLength(2 + 600);
});

test("the job reads all that is left, and nothing where there is no model", async ({ ctx, make }) => {
  const { spaceId, put } = await room(ctx, make);
  await put(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`Note ${index}`, "The ship is blue."])));
  const embedder = fakeEmbedder();
  const kbs = { open: () => Promise.reject(new Error("no files are needed")) } as Partial<Kbs> as Kbs;
  const work = async (given: Embedder | null) => {
    const handler = knowledgeHandlers({ kbs, embedder: async () => given }).find(
      ({ name }) => name === "knowledge.embed",
    );
    const run = { jobId: "1", attempt: 1, isLastAttempt: false, workerProcessId: newId(), signal };
    await handler?.task(run, ctx, { spaceId });
  };
  await work(null);
  expect(embedder.texts).toEqual([]);
  await work(embedder);
  expect(embedder.texts).toHaveLength(300);
});

test("without a model, or with one that fails, words still find; who stops waiting is told so", async ({
  ctx,
  make,
}) => {
  const { put, ask, spaceId } = await room(ctx, make);
  await put({ Leave: "Everybody has 27 days of vacation." });
  const fails = async () => {
    throw new AppError("unavailable", "No model.");
  };
  expect(await ask("vacation", { model: "m", embed: async () => null })).toHaveLength(1);
  expect(await ask("vacation", { model: "m", embed: fails })).toHaveLength(1);
  const stopped = AbortSignal.abort(new Error("stopped"));
  const asked = findPassages({ embedder: null }, ctx, { spaceId, question: "vacation", signal: stopped });
  await expect(asked).rejects.toThrow("stopped");
  await bringChunksUpToDate(ctx, { spaceId });
  expect(await embedMissing({ model: "m", embed: async () => null }, ctx, { spaceId, signal })).toBe("absent");
});
