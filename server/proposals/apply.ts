import { emit } from "#server/events/index.ts";
import { jobCall } from "#server/jobs/index.ts";
import { type Kb, KbConflict, type Kbs, type KbTree, type OperationInput } from "#server/kb/index.ts";
import { parseNote, planNote } from "#server/knowledge/index.ts";
import type { Actor, Ctx } from "#server/lib/ctx.ts";
import { transaction } from "#server/lib/db.ts";

import { describeCommit } from "./commit.ts";
import { draftNote } from "./draft.ts";
import { applyProposal, type ProposalRef } from "./jobs.ts";
import { planMerge, planSeparation } from "./merge-note.ts";
import { otherRetirements, ownFileOf, planRetirement, planReturn, retirementOf } from "./retire.ts";

/** A decision that writes into the KB, and the one that took it back, if any. The decision's id is the operation's id. */
export type Writing = {
  id: string;
  at: Date;
  actor: Actor;
  mergedIntoNoteId: string | null;
  takenBack: { id: string; actor: Actor } | null;
};

/**
 * Brings the KB to what the decisions on a proposal say: each approval and each merge into a note is one commit,
 * each undo of it another. Safe to run any number of times, also side by side: an operation's id is its decision's,
 * and whether a decision is still in force is looked at under the KB's lock.
 */
export async function applyDecisions(deps: { kbs: Kbs }, ctx: Ctx, ref: ProposalRef): Promise<void> {
  const writings = await listWritings(ctx, ref);
  if (writings.length === 0) return;
  const kb = await deps.kbs.open(ref.spaceId);
  const done = await doneOf(ctx, writings);
  for (const writing of writings) {
    const isWritten = done.has(writing.id) || (await write(kb, ctx, ref, writing));
    if (isWritten && writing.takenBack) await takeBack(kb, ctx, ref, writing, writing.takenBack);
  }
}

/** The operation that carries out a decision, or null where the note that it merges into is gone. */
export async function operationOf(ctx: Ctx, ref: ProposalRef, writing: Writing): Promise<OperationInput | null> {
  const draft = await draftNote(ctx.db, { ...ref, approval: writing });
  const host = await hostOf(ctx, ref, writing);
  if (writing.mergedIntoNoteId && !host) return null;
  // A merge adds to a note; what it contradicts there is for whoever merges to put right.
  const retirement = host ? null : await retirementOf(ctx.db, ref);
  const commit = describeCommit({
    action: host ? "merge" : retirement?.isAll ? "retire" : "add",
    proposalId: ref.proposalId,
    draft,
    actor: writing.actor,
    ...(host ? { hostTitle: host.title } : {}),
    ...(retirement?.isAll ? { hostTitle: retirement.title } : {}),
  });
  return {
    ...commit,
    operationId: writing.id,
    kind: host ? "merge" : "create",
    proposalId: ref.proposalId,
    retry: jobCall(applyProposal, ref),
    isWanted: () => isInForce(ctx, ref, writing.id),
    plan: async (tree) => {
      if (retirement?.isAll) return planRetirement(tree, retirement, null);
      const change = host ? await planMerge(ctx, tree, ref, host, draft) : { draft, at: writing.at };
      if (!change) return null;
      const { path, changes } = await planNote(tree, change);
      return retirement ? [...changes, ...(await planRetirement(tree, retirement, path))] : changes;
    },
    inTransaction: async (tx) => {
      const about = { spaceId: ref.spaceId, subjectId: ref.proposalId, actor: writing.actor, at: ctx.now() };
      emit(tx, { ...about, type: "proposal.applied" });
      // The note that it retires stays the note of the proposal that it came from.
      if (retirement) {
        await tx.query("update notes set proposal_id = $2 where id = $1", [retirement.noteId, retirement.ownerId]);
      }
    },
  };
}

/** Says that a person has to choose before a decision can be written. */
export async function tellConflicted(ctx: Ctx, ref: ProposalRef, writing: Writing): Promise<void> {
  const row = await ctx.db.prisma.kbOperation.findUnique({ where: { id: writing.id }, select: { status: true } });
  if (row?.status !== "conflicted") return;
  await transaction(ctx.db, async (tx) => {
    const about = { spaceId: ref.spaceId, subjectId: ref.proposalId, actor: writing.actor, at: ctx.now() };
    emit(tx, { ...about, type: "proposal.conflicted" });
  });
}

async function write(kb: Kb, ctx: Ctx, ref: ProposalRef, writing: Writing): Promise<boolean> {
  const operation = await operationOf(ctx, ref, writing);
  const result = operation && (await kb.runOperation({ ...ctx, actor: writing.actor }, operation));
  if (!result) await tellConflicted(ctx, ref, writing);
  return result !== null;
}

async function takeBack(kb: Kb, ctx: Ctx, ref: ProposalRef, writing: Writing, undoing: { id: string; actor: Actor }) {
  const operation = await ctx.db.prisma.kbOperation.findUnique({ where: { id: writing.id } });
  if (!operation?.commitHash) return;
  const { commitHash, files } = operation;
  const retirement = writing.mergedIntoNoteId ? null : await retirementOf(ctx.db, ref);
  const first = await ownFileOf(kb, { files, commitHash }, retirement);
  if (first === null && !retirement) return;
  const draft = await draftNote(ctx.db, { ...ref, approval: writing });
  const host = await hostOf(ctx, ref, writing);
  const owner = host?.proposalId ?? ref.proposalId;
  // It may have been moved since.
  const moved = host ?? (await ctx.db.prisma.note.findFirst({ where: { kbId: kb.id, proposalId: ref.proposalId } }));
  const path = moved?.path ?? first;
  const returned = async (tree: KbTree) => {
    if (!retirement) return [];
    const others = await otherRetirements(ctx.db, ref, retirement);
    return planReturn(kb, tree, { files, commitHash }, { ...retirement, others });
  };
  const commit = describeCommit({ action: "revert", proposalId: ref.proposalId, draft, actor: undoing.actor });
  await kb.runOperation(
    { ...ctx, actor: undoing.actor },
    {
      ...commit,
      operationId: undoing.id,
      kind: "revert",
      proposalId: ref.proposalId,
      retry: jobCall(applyProposal, ref),
      plan: async (tree) => {
        if (path === null || first === null) return returned(tree);
        const existing = await tree.read(path);
        if (existing === null || !(await isOurs(ctx, kb, path, owner))) return null;
        if (writing.mergedIntoNoteId) {
          return host && (await planNote(tree, await planSeparation(ctx, ref, host, existing, draft))).changes;
        }
        refuseWhenEdited({ path, existing, written: await kb.readFile(first, commitHash) });
        return [...(await planNote(tree, { remove: path })).changes, ...(await returned(tree))];
      },
    },
  );
}

/** What people made of a note since is not taken away with it: they choose. @throws KbConflict */
function refuseWhenEdited({
  path,
  existing,
  written,
}: {
  path: string;
  existing: string;
  written: string | null;
}): void {
  if (written === null || existing === written) return;
  // Only an edit that is still there counts: taking a merge out again leaves the text as it was, in other words of YAML.
  if (parseNote(existing).text === parseNote(written).text && parseNote(existing).title === parseNote(written).title)
    return;
  throw new KbConflict([{ path, base: written, ours: null, theirs: existing, isText: true }]);
}

async function hostOf(ctx: Ctx, { spaceId }: ProposalRef, { mergedIntoNoteId }: Writing) {
  if (!mergedIntoNoteId) return null;
  return ctx.db.prisma.note.findFirst({ where: { id: mergedIntoNoteId, spaceId } });
}

/** The decisions whose commit is there, as far as the rows know. */
async function doneOf(ctx: Ctx, writings: readonly Writing[]): Promise<Set<string>> {
  const rows = await ctx.db.prisma.kbOperation.findMany({
    where: { id: { in: writings.map((writing) => writing.id) }, status: { in: ["committed", "pushed"] } },
    select: { id: true },
  });
  return new Set(rows.map((row) => row.id));
}

/** Whether the note at a path is this proposal's: where people removed it by hand, another one may have its place. */
async function isOurs(ctx: Ctx, kb: Kb, path: string, proposalId: string): Promise<boolean> {
  const note = await ctx.db.prisma.note.findFirst({ where: { kbId: kb.id, path }, select: { proposalId: true } });
  return note === null || note.proposalId === null || note.proposalId === proposalId;
}

/** Every approval and merge into a note, oldest first, with the undo that followed it. */
export async function listWritings(ctx: Ctx, { spaceId, proposalId }: ProposalRef): Promise<Writing[]> {
  const decisions = await ctx.db.prisma.proposalDecision.findMany({
    where: { proposalId, spaceId, action: { not: "edited" } },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  return decisions.flatMap((decision, index) => {
    const { mergedIntoNoteId = null } = decision.after as { mergedIntoNoteId?: string };
    if (decision.action !== "approved" && mergedIntoNoteId === null) return [];
    const next = decisions[index + 1];
    const takenBack = next ? { id: next.id, actor: next.actor as Actor } : null;
    return [{ id: decision.id, at: decision.at, actor: decision.actor as Actor, mergedIntoNoteId, takenBack }];
  });
}

async function isInForce(ctx: Ctx, { spaceId, proposalId }: ProposalRef, decisionId: string): Promise<boolean> {
  const proposal = await ctx.db.prisma.proposal.findFirst({
    where: { id: proposalId, spaceId },
    select: { decisionId: true },
  });
  return proposal?.decisionId === decisionId;
}
