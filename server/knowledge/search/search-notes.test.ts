import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { makeAllChunks } from "../chunks.ts";
import { noteFiles } from "../index.ts";
import type { SearchFilters } from "../schema.ts";
import { searchNotes } from "./search-notes.ts";

const actor = { type: "system", name: "test" } as const;
type Given = Record<string, unknown> & { body?: string };

async function room(ctx: Ctx, make: Make) {
  const { id: spaceId } = await make.space();
  const kb = await ctx.db.prisma.knowledgeBase.create({ data: { id: newId(), spaceId, homeId: newId() } });
  let commits = 0;
  const commit = async (files: Record<string, Given | null>, committedAt = new Date("2026-11-20T10:00:00Z")) => {
    commits += 1;
    const changes = Object.entries(files).map(([path, file]) => {
      const { body = "Text.", ...front } = { type: "Note", title: path, ...file };
      return { path, content: file && `---\n${JSON.stringify(front)}\n---\n\n${body}\n` };
    });
    const about = { spaceId, kbId: kb.id, commitHash: String(commits).padStart(40, "0"), committedAt };
    await transaction(ctx.db, (tx) => noteFiles.record(tx, { ...about, proposalId: null, actor, changes }));
  };
  const search = (query: string, filters?: SearchFilters, page: { cursor?: number; limit?: number } = {}) =>
    searchNotes({}, ctx, { spaceId, query, filters, ...page });
  const paths = async (query: string, filters?: SearchFilters) =>
    (await search(query, filters)).items.map((item) => item.path);
  return { spaceId, commit, search, paths };
}

test("words are found in all their forms, in English and in Russian, as soon as they begin", async ({ ctx, make }) => {
  const { commit, paths } = await room(ctx, make);
  await commit({
    "a.md": { body: "We were migrating the ledgers at night." },
    "b.md": { body: "Экспорт отчётов сломался." },
    "c.md": { title: "Reconciliation" },
  });
  expect(await paths("migrate ledger")).toEqual(["a.md"]);
  expect(await paths("экспорта отчёты")).toEqual(["b.md"]);
  expect(await paths("reconciliat")).toEqual(["c.md"]);
});

test("where no note has all words, some of them must do; a slip is put right; neither where just that was asked for", async ({
  ctx,
  make,
}) => {
  const { commit, search } = await room(ctx, make);
  await commit({
    "a.md": { title: "Harbour permit", body: "Renewed in May." },
    "b.md": { title: "Cranes", body: "The permit for cranes." },
  });
  const some = await search("permit whale");
  expect(some.items[1]?.snippet.filter((piece) => piece.isMatch).map((piece) => piece.text)).toEqual(["permit"]);
  expect(some.items.map(({ path, how }) => [path, how])).toEqual([
    ["a.md", ["some words"]],
    ["b.md", ["some words"]],
  ]);
  const slip = await search("Harbuor");
  expect(slip.suggestion).toBe("harbour");
  expect(slip.items.map(({ path, how }) => [path, how])).toEqual([["a.md", ["spelling"]]]);
  expect((await search(slip.suggestion ?? "")).items[0]).toMatchObject({ path: "a.md", how: ["words"] });
  expect(await search('"permit whale"')).toMatchObject({ items: [], total: 0 });
  expect((await search("whale -permit")).items).toEqual([]);
});

test("filters leave what they say, and each counts what the others leave", async ({ ctx, make }) => {
  const { commit, search, paths } = await room(ctx, make);
  const sources = [{ author: "human:tg-5" }];
  await commit({
    "topics/harbour/a.md": {
      type: "Decision",
      title: "Permit",
      tags: ["legal"],
      verified: [{ by: "human:1" }],
      sources,
    },
    "topics/harbour/b.md": { type: "Decision", title: "Permit", status: "deprecated", stale_after: "2020-01-01" },
    "topics/cake/c.md": { type: "Problem", title: "Permit", tags: ["legal"], status: "draft" },
  });
  await commit({ "d.md": { title: "Permit" } }, new Date("2026-11-22T10:00:00Z"));
  expect(await paths("permit", { types: ["Decision"] })).toEqual(["topics/harbour/a.md", "topics/harbour/b.md"]);
  expect(await paths("permit", { topics: ["cake"] })).toEqual(["topics/cake/c.md"]);
  expect(await paths("permit", { tags: ["legal"], types: ["Decision"] })).toEqual(["topics/harbour/a.md"]);
  expect(await paths("permit", { authors: ["human:tg-5"] })).toEqual(["topics/harbour/a.md"]);
  expect(await paths("permit", { trust: ["verified"] })).toEqual(["topics/harbour/a.md"]);
  expect(await paths("permit", { trust: ["deprecated", "draft"] })).toHaveLength(2);
  expect(await paths("permit", { stale: true })).toEqual(["topics/harbour/b.md"]);
  expect(await paths("permit", { from: "2026-11-21" })).toEqual(["d.md"]);
  expect(await paths("permit", { to: "2026-11-20" })).toHaveLength(3);
  expect(await paths("", { types: ["Note"] })).toEqual(["d.md"]);
  const { total, facets } = await search("permit", { types: ["Decision"] });
  expect(total).toBe(2);
  const counts = (facet: Array<{ label: string; count: number }>) =>
    facet.map(({ label, count }) => `${label} ${count}`);
  expect(counts(facets.types)).toEqual(["Decision 2", "Note 1", "Problem 1"]);
  expect(counts(facets.topics)).toEqual(["harbour 2"]);
  expect(counts(facets.trust)).toEqual(["deprecated 1", "verified 1"]);
  expect(facets.stale).toBe(1);
});

test("what is deprecated comes later, pages follow each other, and a deleted note is gone at once", async ({
  ctx,
  make,
}) => {
  const { commit, search, paths } = await room(ctx, make);
  await commit({ "a.md": { title: "Tides", status: "deprecated" }, "b.md": { title: "Tides" } });
  await commit({ "c.md": { title: "Other", body: "About tides." } });
  expect(await paths("tides")).toEqual(["b.md", "c.md", "a.md"]);
  const first = await search("tides", undefined, { limit: 2 });
  expect([first.total, first.items.length, first.nextCursor]).toEqual([3, 2, 2]);
  const second = await search("tides", undefined, { limit: 2, cursor: 2 });
  expect([second.items.map((item) => item.path), second.nextCursor]).toEqual([["a.md"], null]);
  await commit({ "b.md": null });
  expect(await paths("tides")).toEqual(["c.md", "a.md"]);
});

test("meaning and words make one order, and meaning keeps to the filters", async ({ ctx, make }) => {
  const { spaceId, commit } = await room(ctx, make);
  const vectors: Record<string, number[]> = { holiday: [1, 0, 0], leave: [0.98, 0.2, 0], ship: [0, 0, 1] };
  const embed = async (texts: string[]) =>
    texts.map((text) => Float32Array.from(vectors[/holiday|leave|ship/.exec(text.toLowerCase())?.[0] ?? "ship"]!));
  await commit({
    "leave.md": { title: "Leave", type: "Decision", body: "27 days of leave." },
    "ship.md": { title: "Ship", body: "The ship is blue." },
  });
  const search = (filters: SearchFilters) =>
    searchNotes({ embedder: { model: "m", embed } }, ctx, { spaceId, query: "holidays", filters });
  expect((await search({})).items.map(({ path, how }) => [path, how])).toEqual([]);
  await makeAllChunks(ctx, { spaceId, signal: new AbortController().signal });
  expect((await search({})).items.map(({ path, how }) => [path, how])).toEqual([["leave.md", ["meaning"]]]);
  expect((await search({ types: ["Note"] })).items).toEqual([]);
});
