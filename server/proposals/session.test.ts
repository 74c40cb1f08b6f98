import { expect } from "vitest";

import type { Ctx } from "#server/lib/ctx.ts";
import { setSetting } from "#server/settings/index.ts";
import { openHome, personsGit } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { applyDecisions } from "./apply.ts";
import { approve } from "./decide.ts";
import { commitSession, joinSession } from "./session.ts";
import { undo } from "./undo.ts";

// With one commit per session, what a reviewer approves in a row is one commit, and each proposal is still an operation of its own.

async function openSession(ctx: Ctx, make: Make, as: (actor: Ctx["actor"]) => Ctx) {
  const run = await make.run();
  const { spaceId } = run;
  const vera = await make.user({ spaceId, name: "Vera Lind" });
  await setSetting(ctx, { spaceId, key: "kb.commitPer", value: "session" });
  const proposals = [];
  for (const title of ["Renew the permit", "Paint the pier", "Order new rope"]) {
    proposals.push(await make.proposal({ runId: run.id, title }));
  }
  const { kbs } = openHome(ctx);
  const kb = await kbs.open(spaceId);
  const reviewer = `human:${vera.actor.userId}`;
  return { spaceId, vera: as(vera.actor), reviewer, proposals, kbs, kb };
}

test("approvals of one reviewer become one commit with the trailers of each, and each note is in the index", async ({
  ctx,
  as,
  make,
  db,
}) => {
  const { spaceId, vera, reviewer, proposals, kbs, kb } = await openSession(ctx, make, as);
  for (const { id: proposalId } of proposals) {
    await approve(vera, { spaceId, proposalId, version: 1 });
    expect(await joinSession(ctx, { spaceId, proposalId })).toBe(true);
  }
  await commitSession({ kbs }, ctx, { spaceId, reviewer });
  await commitSession({ kbs }, ctx, { spaceId, reviewer });

  expect(await personsGit(kb.folder, "log", "--format=%s")).toBe(
    "Add 3 notes, reviewed by Vera Lind\nStart the knowledge base",
  );
  const trailers = await personsGit(kb.folder, "log", "-1", "--format=%(trailers:key=Winnow-Proposal,valueonly)");
  expect(trailers.trim().split("\n").toSorted()).toEqual(
    proposals.map(({ id }) => id).toSorted((a, b) => a.localeCompare(b)),
  );
  const operations = await db.prisma.kbOperation.findMany({ where: { spaceId } });
  expect(operations.map((operation) => operation.status)).toEqual(["committed", "committed", "committed"]);
  expect(new Set(operations.map((operation) => operation.commitHash)).size).toBe(1);
  const notes = await db.prisma.note.findMany({ where: { spaceId } });
  expect(notes.map((note) => note.proposalId ?? "").toSorted((a, b) => a.localeCompare(b))).toEqual(
    proposals.map(({ id }) => id).toSorted((a, b) => a.localeCompare(b)),
  );
  expect((await personsGit(kb.folder, "show", "main:tasks/index.md")).match(/^\* /gm)).toHaveLength(3);
});

test("what is undone before the session ends is not written, and what is undone after is taken back alone", async ({
  ctx,
  as,
  make,
  db,
}) => {
  const { spaceId, vera, reviewer, proposals, kbs, kb } = await openSession(ctx, make, as);
  const [first, second, third] = proposals.map(({ id }) => id);
  for (const { id: proposalId } of proposals) await approve(vera, { spaceId, proposalId, version: 1 });
  await undo(vera, { spaceId, proposalId: first!, version: 2 });
  await commitSession({ kbs }, ctx, { spaceId, reviewer });
  await undo(vera, { spaceId, proposalId: second!, version: 2 });
  await applyDecisions({ kbs }, ctx, { spaceId, proposalId: second! });
  await applyDecisions({ kbs }, ctx, { spaceId, proposalId: first! });

  const notes = await db.prisma.note.findMany({ where: { spaceId } });
  expect(notes.map((note) => note.proposalId)).toEqual([third]);
  expect((await personsGit(kb.folder, "log", "--format=%s")).split("\n")).toHaveLength(3);
});

test("with one commit per note nothing waits", async ({ ctx, as, make }) => {
  const { spaceId, vera, proposals } = await openSession(ctx, make, as);
  await setSetting(ctx, { spaceId, key: "kb.commitPer", value: null });
  await approve(vera, { spaceId, proposalId: proposals[0]!.id, version: 1 });
  expect(await joinSession(ctx, { spaceId, proposalId: proposals[0]!.id })).toBe(false);
});

test("the session is over when its run has nothing left to decide, and else when its reviewer pauses", async ({
  ctx,
  as,
  make,
  db,
}) => {
  const { spaceId, vera, proposals } = await openSession(ctx, make, as);
  const startsInS = async () => {
    const { rows } = await db.pool.query<{ s: number }>(
      `select extract(epoch from run_at - now())::float8 as s from graphile_worker.jobs where key like 'proposals.applySession:${spaceId}%'`,
    );
    return rows.map(({ s }) => s);
  };
  const [last, ...before] = proposals.toReversed();
  for (const { id: proposalId } of before) {
    await approve(vera, { spaceId, proposalId, version: 1 });
    await joinSession(ctx, { spaceId, proposalId });
  }
  expect((await startsInS())[0]).toBeGreaterThan(50);
  await approve(vera, { spaceId, proposalId: last!.id, version: 1 });
  await joinSession(ctx, { spaceId, proposalId: last!.id });
  const [only, ...others] = await startsInS();
  expect(others).toEqual([]);
  expect(only).toBeLessThan(1);
});
