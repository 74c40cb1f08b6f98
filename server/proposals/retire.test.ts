import { expect } from "vitest";

import { parseNote } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { openHome } from "#tests/support/kb.ts";
import { test } from "#tests/support/test.ts";

import { applyDecisions } from "./apply.ts";
import { approve } from "./decide.ts";
import { previewProposal } from "./preview.ts";
import { propose } from "./propose.ts";
import { type NewProposal, ProposalDetails } from "./schema.ts";
import { undo } from "./undo.ts";

// Guarantee: what takes a note's place retires it in the same commit, says what it says of other notes, and gives all of it back.

const TEXT = { body: "", confidence: "fair", reasons: [], evidence: [] } as const;

async function proposeOne(ctx: Ctx, spaceId: string, given: Omit<NewProposal, keyof typeof TEXT>) {
  const proposals: NewProposal[] = [{ ...TEXT, reasons: [], evidence: [], ...given }];
  const about = { spaceId, runId: null, batchId: null, generatedBy: "rules" };
  const [id] = await transaction(ctx.db, (tx) => propose(tx, ctx, { ...about, proposals }));
  return { spaceId, proposalId: id! };
}

test("a new decision retires the old one in its own commit, and an undo puts it back", async ({ ctx, db, make }) => {
  const { kbs } = openHome(ctx);
  const { id: spaceId } = await make.space();
  const kb = await kbs.open(spaceId);
  const decision = { noteType: "Decision", topic: "Boats" } as const;
  const old = await proposeOne(ctx, spaceId, {
    kind: "atom",
    title: "Boats leave at noon",
    details: ProposalDetails.parse(decision),
  });
  const write = async (ref: { spaceId: string; proposalId: string }, version = 1) => {
    await approve(ctx, { ...ref, version });
    await applyDecisions({ kbs }, ctx, ref);
  };
  await write(old);
  const oldNote = await db.prisma.note.findFirstOrThrow({ where: { proposalId: old.proposalId } });
  const before = await kb.readFile(oldNote.path);

  const waiting = await proposeOne(ctx, spaceId, {
    kind: "task",
    title: "Print the tide tables",
    details: ProposalDetails.parse({ noteType: "Task" }),
  });
  const links = [
    { relation: "contradicts", to: { type: "note", id: oldNote.id }, title: oldNote.title },
    { relation: "supports", to: { type: "proposal", id: waiting.proposalId }, title: "Print the tide tables" },
  ];
  const retires = { noteId: oldNote.id, title: oldNote.title };
  const fresh = await proposeOne(ctx, spaceId, {
    kind: "atom",
    title: "Boats leave at two",
    details: ProposalDetails.parse({ ...decision, links, retires }),
  });
  const preview = await previewProposal({ kbs }, ctx, fresh);
  expect(preview).toMatchObject({ before: null, retires: { path: oldNote.path, before } });
  expect(parseNote(preview.retires!.after)).toMatchObject({
    status: "deprecated",
    frontMatter: { superseded_by: `/${preview.path}` },
  });

  await write(fresh);
  const commits = await kb.log();
  expect(await kb.readFile(preview.path)).toContain(`to: /${oldNote.path}`);
  // What is no note yet is no link.
  expect(parseNote((await kb.readFile(preview.path))!).links).toHaveLength(1);
  expect(await kb.readFile(oldNote.path)).toBe(preview.retires!.after);
  const changed = await kb.changesOf(commits[0]!.hash);
  expect(changed.map(({ path }) => path)).toEqual(expect.arrayContaining([oldNote.path, preview.path]));

  await undo(ctx, { ...fresh, version: 2 });
  await applyDecisions({ kbs }, ctx, fresh);
  expect(await kb.readFile(preview.path)).toBeNull();
  expect(await kb.readFile(oldNote.path)).toBe(before);
});

test("a question whether a note is still true changes that note alone", async ({ ctx, db, make }) => {
  const { kbs } = openHome(ctx);
  const { id: spaceId } = await make.space();
  const kb = await kbs.open(spaceId);
  const details = ProposalDetails.parse({ noteType: "Insight", topic: "Boats" });
  const old = await proposeOne(ctx, spaceId, { kind: "atom", title: "The pier is closed", details });
  await approve(ctx, { ...old, version: 1 });
  await applyDecisions({ kbs }, ctx, old);
  const note = await db.prisma.note.findFirstOrThrow({ where: { proposalId: old.proposalId } });
  const before = await kb.readFile(note.path);
  const asked = await proposeOne(ctx, spaceId, {
    kind: "note",
    title: "Still true? The pier is closed",
    details: ProposalDetails.parse({ noteType: "Note", retires: { noteId: note.id, title: note.title } }),
  });
  expect(await previewProposal({ kbs }, ctx, asked)).toMatchObject({ path: note.path, before, retires: null });

  await approve(ctx, { ...asked, version: 1 });
  await applyDecisions({ kbs }, ctx, asked);
  expect(parseNote((await kb.readFile(note.path))!).status).toBe("deprecated");
  expect(await db.prisma.note.findMany({ where: { spaceId } })).toMatchObject([{ proposalId: old.proposalId }]);
  expect((await kb.log())[0]!.subject).toBe("Mark “The pier is closed” as no longer true");

  await undo(ctx, { ...asked, version: 2 });
  await applyDecisions({ kbs }, ctx, asked);
  expect(await kb.readFile(note.path)).toBe(before);
});

test("a note that two decisions retire comes back with the undo of the last of them, in whatever order", async ({
  ctx,
  db,
  make,
}) => {
  const { kbs } = openHome(ctx);
  for (const order of ["first one first", "last one first"]) {
    const { id: spaceId } = await make.space();
    const kb = await kbs.open(spaceId);
    const details = ProposalDetails.parse({ noteType: "Insight", topic: "Boats" });
    const old = await proposeOne(ctx, spaceId, { kind: "atom", title: "The pier is closed", details });
    const write = async (ref: { spaceId: string; proposalId: string }) => {
      await approve(ctx, { ...ref, version: 1 });
      await applyDecisions({ kbs }, ctx, ref);
    };
    await write(old);
    const note = await db.prisma.note.findFirstOrThrow({ where: { proposalId: old.proposalId } });
    const before = await kb.readFile(note.path);
    const retires = { noteId: note.id, title: note.title };
    const fresh = await proposeOne(ctx, spaceId, {
      kind: "atom",
      title: "The pier is open",
      details: ProposalDetails.parse({ noteType: "Insight", topic: "Boats", retires }),
    });
    const asked = await proposeOne(ctx, spaceId, {
      kind: "note",
      title: "Still true? The pier is closed",
      details: ProposalDetails.parse({ noteType: "Note", retires }),
    });
    await write(fresh);
    await write(asked);
    const [one, other] = order === "first one first" ? [fresh, asked] : [asked, fresh];
    await undo(ctx, { ...one, version: 2 });
    await applyDecisions({ kbs }, ctx, one);
    expect([order, parseNote((await kb.readFile(note.path))!).status]).toEqual([order, "deprecated"]);
    await undo(ctx, { ...other, version: 2 });
    await applyDecisions({ kbs }, ctx, other);
    expect([order, await kb.readFile(note.path)]).toEqual([order, before]);
  }
});
