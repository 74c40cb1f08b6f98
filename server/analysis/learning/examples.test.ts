import { expect } from "vitest";

import { approve, reject, undo } from "#server/proposals/index.ts";
import { edit } from "#server/proposals/edit.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { examplesFor, hideExample, listExamples, showExample } from "./examples.ts";

test("what is most like the text comes first, then what is newest", async ({ ctx, make }) => {
  const { id: runId, spaceId } = await make.run();
  await taught(ctx, make, runId, { title: "Water the plants", reason: "Nobody asked for that" });
  await taught(ctx, make, runId, { title: "Rotate the deploy keys", reason: "Done on Monday" });
  await taught(ctx, make, runId, { title: "Book a table for lunch", reason: "Just talk" });
  const titles = async (text: string) =>
    (await examplesFor(ctx, { spaceId, text, limit: 2 })).map(({ title }) => title);
  expect(await titles("Somebody should rotate the deploy keys today")).toEqual([
    "Rotate the deploy keys",
    "Book a table for lunch",
  ]);
  expect(await titles("can you water the plants please")).toEqual(["Water the plants", "Book a table for lunch"]);
});

test("a rejection without a word teaches nothing; one that was taken back no more", async ({ ctx, make }) => {
  const { id: runId, spaceId } = await make.run();
  await taught(ctx, make, runId, { title: "Without a word" });
  const { id } = await taught(ctx, make, runId, { title: "With a word", reason: "Known already" });
  expect(await listExamples(ctx, { spaceId, limit: 10 })).toMatchObject({
    total: 1,
    items: [{ type: "rejected", title: "With a word", reason: "Known already", quote: "Nora, please", by: "test" }],
  });
  await undo(ctx, { spaceId, proposalId: id, version: 2 });
  expect(await examplesFor(ctx, { spaceId, text: "With a word", limit: 5 })).toEqual([]);
});

test("several edits before an approval are one example, from the first words to the last", async ({ ctx, make }) => {
  const { id: spaceId } = await make.space();
  const { id: proposalId } = await make.proposal({ spaceId, title: "Permit", body: "Something about a permit." });
  await edit(ctx, { spaceId, proposalId, version: 1, title: "Renew permit" });
  await edit(ctx, {
    spaceId,
    proposalId,
    version: 2,
    title: "Renew the permit by Friday",
    body: "At the harbour office.",
  });
  expect(await examplesFor(ctx, { spaceId, text: "permit", limit: 5 })).toEqual([]);
  await approve(ctx, { spaceId, proposalId, version: 3 });
  expect(await examplesFor(ctx, { spaceId, text: "permit", limit: 5 })).toMatchObject([
    {
      type: "edited",
      title: "Permit",
      body: "Something about a permit.",
      after: { title: "Renew the permit by Friday", body: "At the harbour office." },
    },
  ]);
});

test("a hidden one is kept out of the prompts until it is put back, and only its own space can do that", async ({
  ctx,
  make,
}) => {
  const { id: runId, spaceId } = await make.run();
  const other = await make.space();
  await taught(ctx, make, runId, { title: "Water the plants", reason: "Nobody asked for that" });
  const [example] = await examplesFor(ctx, { spaceId, text: "plants", limit: 5 });
  const named = { decisionId: example!.decisionId };

  await expect(hideExample(ctx, { spaceId: other.id, ...named })).rejects.toMatchObject({ code: "not_found" });
  await hideExample(ctx, { spaceId, ...named });
  expect(await examplesFor(ctx, { spaceId, text: "plants", limit: 5 })).toEqual([]);
  expect((await listExamples(ctx, { spaceId, limit: 5 })).items).toMatchObject([{ hiddenBy: "test" }]);

  await showExample(ctx, { spaceId: other.id, ...named });
  expect(await examplesFor(ctx, { spaceId, text: "plants", limit: 5 })).toEqual([]);
  await showExample(ctx, { spaceId, ...named });
  expect(await examplesFor(ctx, { spaceId, text: "plants", limit: 5 })).toHaveLength(1);
});

async function taught(ctx: Ctx, make: Make, runId: string, given: { title: string; reason?: string }) {
  const proposal = await make.proposal({ runId, title: given.title });
  await reject(ctx, { spaceId: proposal.spaceId, proposalId: proposal.id, version: 1, reason: given.reason });
  return proposal;
}
