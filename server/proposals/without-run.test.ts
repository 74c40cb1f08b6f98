import { describe, expect } from "vitest";

import { eventsSince } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";
import { setSetting } from "#server/settings/index.ts";
import { openHome } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { applyDecisions } from "./apply.ts";
import { approve, reject } from "./decide.ts";
import { edit } from "./edit.ts";
import { merge } from "./merge.ts";
import { previewProposal } from "./preview.ts";
import { propose } from "./propose.ts";
import { listProposals, proposalById } from "./queries.ts";
import { ListInput, ProposalDetails } from "./schema.ts";
import { commitSession, joinSession } from "./session.ts";
import { takeBack, undo } from "./undo.ts";

// Guarantee: a note that someone wrote in the chat goes through review as anything else does, though no run knows of it.

/** A note as the assistant hands it over where the space has its notes reviewed. */
async function chatNote(ctx: Ctx, make: Make, given: { spaceId: string; title?: string; isQuoted?: boolean }) {
  const { spaceId, title = "The pier is closed on Mondays", isQuoted = true } = given;
  const chat = await make.chat({ spaceId, title: "Nora" });
  const said = await make.message({ chatId: chat.id, text: "The pier is closed on Mondays." });
  const quote = { messageId: said.id, revision: 1, start: 0, end: said.text.length, quote: said.text };
  const [id] = await transaction(ctx.db, (tx) =>
    propose(tx, ctx, {
      ...{ spaceId, runId: null, batchId: null, generatedBy: "rules" },
      proposals: [
        {
          ...{ kind: "note", title, body: "It opens again on Tuesday.", confidence: "fair", reasons: [] },
          details: ProposalDetails.parse({ noteType: "Note", topic: "Harbour" }),
          evidence: isQuoted ? [quote] : [],
        },
      ],
    }),
  );
  return { spaceId, proposalId: id! };
}

const queue = (ctx: Ctx, spaceId: string, input: object = {}) =>
  listProposals(ctx, { ...ListInput.parse(input), spaceId });

describe("a proposal without a run", () => {
  test("is in the queue with the chat of its quote, and counted beside those of runs", async ({ ctx, make }) => {
    const run = await make.run();
    const { spaceId } = run;
    await make.proposal({ runId: run.id });
    const note = await chatNote(ctx, make, { spaceId });
    const bare = await chatNote(ctx, make, { spaceId, isQuoted: false });

    const { items, counts } = await queue(ctx, spaceId);
    expect(counts).toEqual({ pending: 3, approved: 0, rejected: 0, merged: 0 });
    expect(items.map(({ id, runId, kind, chatTitle }) => ({ id, runId, kind, chatTitle })).slice(1)).toEqual([
      { id: note.proposalId, runId: null, kind: "note", chatTitle: "Nora" },
      { id: bare.proposalId, runId: null, kind: "note", chatTitle: null },
    ]);
    expect((await queue(ctx, spaceId, { runId: run.id })).counts.pending).toBe(1);
    expect((await queue(ctx, spaceId, { kind: "note" })).counts.pending).toBe(2);
    await reject(ctx, { ...bare, version: 1 });
    expect((await queue(ctx, spaceId)).counts).toEqual({ pending: 2, approved: 0, rejected: 1, merged: 0 });
  });

  test("of many decisions at once one wins, and the log knows it", async ({ ctx, db, make }) => {
    const { id: spaceId } = await make.space();
    const note = await chatNote(ctx, make, { spaceId });
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 5 }, () => approve(ctx, { ...note, version: 1 })),
      ...Array.from({ length: 5 }, () => reject(ctx, { ...note, version: 1 })),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { status } = await db.prisma.proposal.findUniqueOrThrow({ where: { id: note.proposalId } });
    const events = await eventsSince(db, { spaceId, after: 0 });
    expect(events.map(({ type, payload }) => ({ type, payload }))).toEqual([
      { type: "proposal.created", payload: { runId: null } },
      { type: `proposal.${status}`, payload: { runId: null } },
    ]);
  });

  test("is written, edited, and undone at any time", async ({ ctx, db, make }) => {
    const { id: spaceId } = await make.space();
    const { kbs } = openHome(ctx);
    const note = await chatNote(ctx, make, { spaceId });
    await edit(ctx, { ...note, version: 1, title: "Pier: closed on Mondays" });
    expect((await previewProposal({ kbs }, ctx, note)).after).toContain("Pier: closed on Mondays");
    await approve(ctx, { ...note, version: 2 });
    await applyDecisions({ kbs }, ctx, note);
    expect(await db.prisma.note.findMany({ where: { spaceId } })).toMatchObject([
      { title: "Pier: closed on Mondays", proposalId: note.proposalId },
    ]);
    expect(await proposalById(ctx, note)).toMatchObject({ runId: null, delivery: { status: "committed" } });

    expect(await undo(ctx, { ...note, version: 3 })).toMatchObject({ status: "pending", version: 4 });
    await applyDecisions({ kbs }, ctx, note);
    expect(await db.prisma.note.count({ where: { spaceId } })).toBe(0);
    expect((await queue(ctx, spaceId)).counts).toMatchObject({ pending: 1, approved: 0 });
  });

  test("is merged into one of a run, and comes out of it again", async ({ ctx, db, make }) => {
    const run = await make.run();
    const { spaceId } = run;
    const host = await make.proposal({ runId: run.id, title: "Opening hours" });
    const note = await chatNote(ctx, make, { spaceId });
    await merge(ctx, { ...note, version: 1, into: { type: "proposal", proposalId: host.id } });
    expect((await queue(ctx, spaceId)).counts).toMatchObject({ pending: 1, merged: 1 });
    expect(await db.prisma.proposalEvidence.count({ where: { proposalId: host.id } })).toBe(2);
    await undo(ctx, { ...note, version: 2 });
    expect((await queue(ctx, spaceId)).counts).toMatchObject({ pending: 2, merged: 0 });

    await merge(ctx, { spaceId, proposalId: host.id, version: 3, into: { type: "proposal", ...note } });
    expect((await queue(ctx, spaceId)).counts).toMatchObject({ pending: 1, merged: 1 });
    expect(await db.prisma.run.findUnique({ where: { id: run.id } })).toMatchObject({ status: "reviewed" });
  });

  test("waits for its reviewer's session as those of runs do", async ({ ctx, as, db, make }) => {
    const { id: spaceId } = await make.space();
    const vera = await make.user({ spaceId });
    await setSetting(ctx, { spaceId, key: "kb.commitPer", value: "session" });
    const { kbs } = openHome(ctx);
    const note = await chatNote(ctx, make, { spaceId });
    await approve(as(vera.actor), { ...note, version: 1 });
    expect(await joinSession(ctx, note)).toBe(true);
    await commitSession({ kbs }, ctx, { spaceId, reviewer: `human:${vera.actor.userId}` });
    expect(await db.prisma.note.count({ where: { spaceId, proposalId: note.proposalId } })).toBe(1);
  });
});

test("what is taken back keeps why, whatever became of its run, and what waits is left alone", async ({
  ctx,
  db,
  make,
}) => {
  const run = await make.run();
  const { spaceId } = run;
  const { id: proposalId } = await make.proposal({ runId: run.id });
  const objected = { spaceId, proposalId, reason: "It was only an idea." };
  expect(await takeBack(ctx, objected)).toBeNull();
  await reject(ctx, { spaceId, proposalId, version: 1 });
  await db.prisma.run.update({ where: { id: run.id }, data: { status: "closed" } });
  expect(await takeBack(ctx, objected)).toMatchObject({ status: "pending", version: 3 });
  const { history } = await proposalById(ctx, { spaceId, proposalId });
  expect(history[0]).toMatchObject({ action: "reopened", reason: "It was only an idea." });
});
