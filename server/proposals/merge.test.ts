import { expect } from "vitest";

import type { Kbs } from "#server/kb/index.ts";
import { parseNote } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { openHome, writing } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

import { applyDecisions } from "./apply.ts";
import { approve } from "./decide.ts";
import { merge } from "./merge.ts";
import { previewMerge } from "./merge-preview.ts";
import { undo } from "./undo.ts";

// Guarantee: what is merged into a note is in that note, or the merge is refused; a note that goes takes nothing with it.

/** Approves a proposal and writes its note. */
async function writeNote(
  ctx: Ctx,
  kbs: Kbs,
  { spaceId, id: proposalId }: { spaceId: string; id: string },
  version = 1,
) {
  await approve(ctx, { spaceId, proposalId, version });
  await applyDecisions({ kbs }, ctx, { spaceId, proposalId });
  return ctx.db.prisma.note.findFirstOrThrow({ where: { spaceId, proposalId } });
}

test("a note whose approval was taken back takes nothing in, also before its file is gone", async ({
  ctx,
  db,
  make,
}) => {
  const { kbs } = openHome(ctx);
  const run = await make.run();
  const { spaceId } = run;
  const [host, guest] = [await make.proposal({ runId: run.id }), await make.proposal({ runId: run.id })];
  const into = { type: "note" as const, noteId: (await writeNote(ctx, kbs, host)).id };
  const seen = { spaceId, proposalId: guest.id, version: 1 };

  await undo(ctx, { spaceId, proposalId: host.id, version: 2 });
  await expect(merge(ctx, { ...seen, into })).rejects.toThrow("This note is being taken back");
  // The new approval has written nothing yet: the note that stands is still the old one, and goes.
  await approve(ctx, { spaceId, proposalId: host.id, version: 3 });
  await expect(merge(ctx, { ...seen, into })).rejects.toThrow("This note is being taken back");
  await applyDecisions({ kbs }, ctx, { spaceId, proposalId: host.id });
  await expect(merge(ctx, { ...seen, into })).rejects.toThrow("not there any more");

  const { id: noteId } = await db.prisma.note.findFirstOrThrow({ where: { proposalId: host.id } });
  await expect(merge(ctx, { ...seen, into: { type: "note", noteId } })).resolves.toMatchObject({ status: "merged" });
});

test("what comes of a merge is shown before it is done, and is what is written then", async ({ ctx, make }) => {
  const { kbs } = openHome(ctx);
  const run = await make.run();
  const { spaceId } = run;
  const topic = { noteType: "Topic" } as const;
  const host = await make.proposal({ runId: run.id, title: "Permits", body: "All papers.", details: topic });
  const guest = await make.proposal({
    runId: run.id,
    title: "Harbour papers",
    body: "They say this too.",
    details: { ...topic, aliases: ["Docs"] },
  });
  const other = await make.proposal({ runId: run.id, title: "Paper work" });
  const note = await writeNote(ctx, kbs, host);
  const kb = await kbs.open(spaceId);
  const before = await kb.readFile(note.path);
  const into = { type: "note" as const, noteId: note.id };
  const shown = await previewMerge({ kbs }, ctx, { spaceId, proposalId: guest.id, into });
  expect(shown).toMatchObject({
    mine: { title: "Harbour papers", sources: [{ author: "Nora Field" }] },
    other: { title: "Permits", body: "All papers.", sources: [{ author: "Nora Field" }] },
    result: { title: "Permits", file: { path: note.path, before } },
  });
  expect(shown.result.sources).toHaveLength(2);
  expect(await kb.readFile(note.path)).toBe(before);

  await merge(ctx, { spaceId, proposalId: guest.id, version: 1, into });
  await applyDecisions({ kbs }, ctx, { spaceId, proposalId: guest.id });
  const after = await kb.readFile(note.path);
  expect(after).toBe(shown.result.file?.after);
  // A topic that goes into another one is a name of that one from then on.
  expect(parseNote(after!).aliases).toEqual(["Harbour papers", "Docs"]);
  await undo(ctx, { spaceId, proposalId: guest.id, version: 2 });
  await applyDecisions({ kbs }, ctx, { spaceId, proposalId: guest.id });
  expect(parseNote((await kb.readFile(note.path))!)).toMatchObject({ aliases: [], text: "All papers." });

  const pair = { spaceId, proposalId: guest.id, into: { type: "proposal" as const, proposalId: other.id } };
  const both = await previewMerge({ kbs }, ctx, pair);
  expect(both.result).toMatchObject({ title: "Paper work", file: null });
  expect(both.result.sources).toHaveLength(2);
});

test("of a merge into a note and the undo of its approval, at once, one is refused", async ({ ctx, db, make }) => {
  const { kbs } = openHome(ctx);
  const run = await make.run();
  const { spaceId } = run;
  for (let round = 0; round < 5; round += 1) {
    const [host, guest] = [await make.proposal({ runId: run.id }), await make.proposal({ runId: run.id })];
    const note = await writeNote(ctx, kbs, host);
    const outcomes = await Promise.allSettled([
      undo(ctx, { spaceId, proposalId: host.id, version: 2 }),
      merge(ctx, { spaceId, proposalId: guest.id, version: 1, into: { type: "note", noteId: note.id } }),
    ]);
    expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    for (const { id: proposalId } of [host, guest]) await applyDecisions({ kbs }, ctx, { spaceId, proposalId });
    const lost = { id: guest.id, status: "merged", mergedIntoNoteId: null } as const;
    expect(await db.prisma.proposal.count({ where: lost })).toBe(0);
  }
});

test("an undo leaves alone what stands where its note was before someone removed it by hand", async ({
  ctx,
  db,
  make,
}) => {
  const { kbs } = openHome(ctx);
  const run = await make.run();
  const { spaceId } = run;
  const [mine, other] = [await make.proposal({ runId: run.id }), await make.proposal({ runId: run.id })];
  const note = await writeNote(ctx, kbs, mine);
  const kb = await kbs.open(spaceId);
  await kb.runOperation(ctx, writing(note.path, "", { plan: async () => [{ path: note.path, delete: true }] }));
  expect((await writeNote(ctx, kbs, other)).path).toBe(note.path);

  await undo(ctx, { spaceId, proposalId: mine.id, version: 2 });
  await applyDecisions({ kbs }, ctx, { spaceId, proposalId: mine.id });
  expect(await kb.readFile(note.path)).not.toBeNull();
  expect(await db.prisma.note.count({ where: { proposalId: other.id } })).toBe(1);
});
