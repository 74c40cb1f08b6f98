import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import { revertCommit } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import type { Decided } from "./decide.ts";
import { applyProposal } from "./jobs.ts";
import { separateEvidence } from "./merge.ts";
import { whyNotDecided } from "./refusals.ts";
import { judgeRule } from "./rules/audits.ts";
import type { RevertInput, UndoInput } from "./schema.ts";

type DecidedRow = {
  status: "approved" | "rejected" | "merged";
  version: number;
  runId: string | null;
  decisionId: string | null;
  runIsClosed: boolean;
  mergedIntoId: string | null;
  mergedIntoNoteId: string | null;
  autoRuleId: string | null;
};

/**
 * Puts a decided proposal back to pending, until its run is closed; one without a run at any time. What an approval or a merge wrote into the KB
 * is reverted by a commit of its own.
 */
export async function undo(ctx: Ctx, input: z.output<typeof UndoInput> & { spaceId: string }): Promise<Decided> {
  const { spaceId, proposalId, version } = input;
  return transaction(ctx.db, async (tx) => {
    const before = await lockDecided(tx, { spaceId, proposalId, version });
    if (!before) throw await whyNotDecided(tx, ctx, input);
    if (before.runIsClosed) throw stands();
    return reopen(tx, ctx, input, before);
  });
}

/**
 * Puts a decided proposal back to pending whatever became of its run, for someone who says that it is wrong.
 * @returns null where it waits for a decision already
 */
export async function takeBack(
  ctx: Ctx,
  input: { spaceId: string; proposalId: string; reason: string },
): Promise<Decided | null> {
  return transaction(ctx.db, async (tx) => {
    const before = await lockDecided(tx, input);
    return before ? reopen(tx, ctx, input, before) : null;
  });
}

/**
 * Takes a commit of Winnow back, at any time: where it carries out decisions that are still in force they are reopened, and taken
 * out of the KB by commits of their own; any other commit is reverted as it is.
 * @returns the proposals that were reopened, or the operation that reverts the commit
 */
export async function revert(
  ctx: Ctx,
  { spaceId, commitHash, path }: z.output<typeof RevertInput> & { spaceId: string },
): Promise<{ proposalIds: string[]; operationId: string | null }> {
  const all = await ctx.db.prisma.kbOperation.findMany({ where: { spaceId, commitHash }, orderBy: { id: "asc" } });
  const ofFile = all.filter((each) => path !== undefined && each.files.includes(path));
  const operations = ofFile.length > 0 ? ofFile : all;
  const [first] = operations;
  if (!first || first.kind === "sync") {
    throw new AppError(
      "not_found",
      "This commit was not made by Winnow, so it is not taken back here. `git revert` in a clone does.",
    );
  }
  const proposalIds = await transaction(ctx.db, async (tx) => {
    const reopened: string[] = [];
    for (const { id, proposalId } of operations) {
      if (!proposalId) continue;
      const before = await lockDecided(tx, { spaceId, proposalId });
      if (before?.decisionId !== id) continue;
      await reopen(tx, ctx, { spaceId, proposalId }, before);
      reopened.push(proposalId);
    }
    return reopened;
  });
  if (proposalIds.length > 0) return { proposalIds, operationId: null };
  if (operations.some((each) => each.proposalId !== null)) {
    throw new AppError(
      "conflict",
      "What this commit wrote was taken back, or decided anew, since. Look at the proposal itself; nothing was changed.",
    );
  }
  const { operationId } = await revertCommit(ctx, { spaceId, commitHash, path, subject: first.subject });
  return { proposalIds: [], operationId };
}

async function reopen(
  tx: Tx,
  ctx: Ctx,
  { spaceId, proposalId, reason }: { spaceId: string; proposalId: string; reason?: string | undefined },
  before: DecidedRow,
): Promise<Decided> {
  const { version } = before;
  await refuseWhenBuiltUpon(tx, proposalId, before);
  if (before.mergedIntoId) await separateEvidence(tx, ctx, { spaceId, from: proposalId, into: before.mergedIntoId });

  const at = ctx.now();
  await tx.query(
    `update proposals set status = 'pending', version = version + 1, decision_id = null, decided_by = null, decided_at = null,
              decision_reason = null, decision_code = null, auto_rule_id = null, merged_into_id = null, merged_into_note_id = null,
              updated_at = $2 where id = $1`,
    [proposalId, at],
  );
  await tx.query(
    `insert into proposal_decisions (id, space_id, proposal_id, action, actor, before, after, at, reason)
       values ($1, $2, $3, 'reopened', $4, $5, $6, $7, $8)`,
    [
      newId(),
      spaceId,
      proposalId,
      ctx.actor,
      { status: before.status, version },
      { status: "pending", version: version + 1 },
      at,
      reason || null,
    ],
  );
  // What a person takes back no rule should have approved. Before the run: a rule that approves locks itself first, then the run.
  if (before.autoRuleId && ctx.actor.type !== "system") {
    await judgeRule(tx, ctx, { spaceId, proposalId, ruleId: before.autoRuleId, wasRight: false });
  }
  await reopenInRun(tx, before);
  if (before.status === "approved" || before.mergedIntoNoteId)
    await enqueue(tx, applyProposal, { spaceId, proposalId });
  emit(tx, {
    spaceId,
    type: "proposal.reopened",
    subjectId: proposalId,
    payload: { runId: before.runId },
    actor: ctx.actor,
    at,
  });
  return { id: proposalId, status: "pending", version: version + 1 };
}

/** A decided proposal, locked, or undefined where it is pending. */
async function lockDecided(
  tx: Tx,
  { spaceId, proposalId, version }: { spaceId: string; proposalId: string; version?: number },
): Promise<DecidedRow | undefined> {
  const [row] = await tx.query<DecidedRow>(
    `select p.status, p.version, p.run_id as "runId", p.decision_id as "decisionId", p.merged_into_id as "mergedIntoId",
            p.merged_into_note_id as "mergedIntoNoteId", p.auto_rule_id as "autoRuleId", coalesce(r.status = 'closed', false) as "runIsClosed"
       from proposals p left join runs r on r.id = p.run_id
      where p.id = $1 and p.space_id = $2 and ($3::int is null or p.version = $3) and p.status <> 'pending' for update of p`,
    [proposalId, spaceId, version ?? null],
  );
  return row;
}

/** A note that others were merged into cannot go away under them. */
async function refuseWhenBuiltUpon(tx: Tx, proposalId: string, before: DecidedRow) {
  if (before.status !== "approved") return;
  const guests = await tx.query<{ title: string }>(
    `select guest.title from proposals guest join notes on notes.id = guest.merged_into_note_id
      where notes.proposal_id = $1 and guest.status = 'merged'`,
    [proposalId],
  );
  if (guests.length === 0) return;
  const names = guests.map((guest) => `“${guest.title}”`).join(", ");
  throw new AppError("conflict", `${names} has been merged into its note. Undo that first, then this.`);
}

/** The counters move back; a reviewed run has something to decide again. A closed run stays closed, with the accuracy that it had. */
async function reopenInRun(tx: Tx, before: DecidedRow) {
  await tx.query(
    `update runs
        set proposals_pending = proposals_pending + 1,
            proposals_approved = proposals_approved - ($2 = 'approved')::int,
            proposals_rejected = proposals_rejected - ($2 = 'rejected')::int,
            proposals_merged = proposals_merged - ($2 = 'merged')::int,
            status = case when status = 'reviewed' then 'completed' else status end,
            reviewed_at = case when status = 'reviewed' then null else reviewed_at end
      where id = $1`,
    [before.runId, before.status],
  );
}

function stands(): AppError {
  return new AppError(
    "conflict",
    "Its run is closed, so it cannot be undone here. The note's history takes its commit back at any time.",
  );
}
