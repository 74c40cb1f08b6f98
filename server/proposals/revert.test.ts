import { expect } from "vitest";

import { closeRun } from "#server/analysis/runs/runs.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { writeRequested } from "#server/knowledge/write.ts";
import { editNote } from "#server/knowledge/request.ts";
import { noteSource } from "#server/knowledge/history.ts";
import { openHome, personsGit } from "#tests/support/kb.ts";
import type { Make } from "#tests/support/make.ts";
import { test } from "#tests/support/test.ts";

import { applyDecisions } from "./apply.ts";
import { approve } from "./decide.ts";
import { revert } from "./undo.ts";

// Guarantee: any commit of Winnow can be taken back at any time, with everything that follows from it.

async function approvedNote(ctx: Ctx, make: Make) {
  const run = await make.run();
  const { spaceId } = run;
  const { id: proposalId } = await make.proposal({ runId: run.id });
  const { kbs } = openHome(ctx);
  const apply = () => applyDecisions({ kbs }, ctx, { spaceId, proposalId });
  await approve(ctx, { spaceId, proposalId, version: 1 });
  await apply();
  const note = await ctx.db.prisma.note.findFirstOrThrow({ where: { spaceId } });
  return { run, spaceId, proposalId, kbs, kb: await kbs.open(spaceId), note, apply };
}

test("taking an approval's commit back reopens the proposal, also when its run is closed", async ({
  ctx,
  make,
  db,
}) => {
  const { run, spaceId, proposalId, kb, note, apply } = await approvedNote(ctx, make);
  await db.prisma.run.update({ where: { id: run.id }, data: { status: "reviewed" } });
  await closeRun(ctx, { spaceId, runId: run.id });
  expect(await revert(ctx, { spaceId, commitHash: note.commitHash })).toEqual({
    proposalIds: [proposalId],
    operationId: null,
  });
  await apply();
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(0);
  expect(await db.prisma.proposal.findUniqueOrThrow({ where: { id: proposalId } })).toMatchObject({
    status: "pending",
    decisionId: null,
  });
  expect(await db.prisma.run.findUniqueOrThrow({ where: { id: run.id } })).toMatchObject({
    status: "closed",
    proposalsPending: 1,
    proposalsApproved: 0,
  });
  expect(await kb.readFile(note.path)).toBeNull();
  expect(await personsGit(kb.folder, "log", "--format=%s", "-1")).toMatch(/^Take back task/);
});

test("taking an edit's commit back restores the text before it, and leaves the proposal decided", async ({
  ctx,
  make,
  db,
}) => {
  const { spaceId, proposalId, kbs, kb, note } = await approvedNote(ctx, make);
  const source = await noteSource({ kbs }, ctx, { spaceId, noteId: note.id });
  const content = source.content.replace("Nora is asked", "Nora and Ivo are asked");
  const edited = await editNote(ctx, { spaceId, noteId: note.id, base: source.base, content });
  await writeRequested(ctx, kb, edited.operationId);
  const { commitHash } = await db.prisma.kbOperation.findUniqueOrThrow({ where: { id: edited.operationId } });
  expect(await kb.readFile(note.path)).toContain("Nora and Ivo are asked");

  const taken = await revert(ctx, { spaceId, commitHash: commitHash! });
  await writeRequested(ctx, kb, taken.operationId!);
  expect(await kb.readFile(note.path)).toBe(source.content);
  const { status } = await db.prisma.proposal.findUniqueOrThrow({ where: { id: proposalId } });
  expect(status).toBe("approved");
});

test("a note that people changed since is not taken away under them: they choose", async ({ ctx, make, db }) => {
  const { spaceId, kbs, kb, note, apply } = await approvedNote(ctx, make);
  const source = await noteSource({ kbs }, ctx, { spaceId, noteId: note.id });
  const content = `${source.content.trimEnd()}\n\nThe permit office opens at nine.\n`;
  const edited = await editNote(ctx, { spaceId, noteId: note.id, base: source.base, content });
  await writeRequested(ctx, kb, edited.operationId);
  await revert(ctx, { spaceId, commitHash: note.commitHash });
  await apply();
  expect(await kb.readFile(note.path)).toContain("The permit office opens at nine.");
  const conflict = await db.prisma.kbConflict.findFirstOrThrow({ where: { spaceId }, include: { files: true } });
  expect(conflict.status).toBe("open");
  expect(conflict.files).toMatchObject([{ path: note.path, ours: null }]);
});

test("a commit that Winnow did not make is refused in words", async ({ ctx, make }) => {
  const { spaceId, kb } = await approvedNote(ctx, make);
  const start = await personsGit(kb.folder, "rev-list", "--max-parents=0", "main");
  await expect(revert(ctx, { spaceId, commitHash: start })).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("was not made by Winnow"),
  });
});

test("a commit that was taken back and written anew is not taken back a second time", async ({ ctx, make, db }) => {
  const { spaceId, proposalId, kb, note, apply } = await approvedNote(ctx, make);
  const { commitHash } = note;
  await revert(ctx, { spaceId, commitHash });
  await apply();
  await expect(revert(ctx, { spaceId, commitHash })).rejects.toMatchObject({ code: "conflict" });
  const { version } = await db.prisma.proposal.findUniqueOrThrow({ where: { id: proposalId } });
  await approve(ctx, { spaceId, proposalId, version });
  await apply();
  await expect(revert(ctx, { spaceId, commitHash })).rejects.toMatchObject({ code: "conflict" });
  expect(await db.prisma.note.count({ where: { spaceId } })).toBe(1);
  expect(await kb.readFile(note.path)).not.toBeNull();
});
