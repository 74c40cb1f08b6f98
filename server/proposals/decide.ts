import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { applyProposal } from "./jobs.ts";
import { whyNotDecided } from "./refusals.ts";
import type { ApproveInput, RejectCode, RejectInput } from "./schema.ts";

type InSpace = { spaceId: string };
export type Decided = { id: string; status: "approved" | "rejected" | "merged" | "pending"; version: number };

/** Approves a pending proposal as its reviewer saw it. Of any number of decisions on one version, one wins. */
export async function approve(ctx: Ctx, input: z.output<typeof ApproveInput> & InSpace): Promise<Decided> {
  return transaction(ctx.db, async (tx) => {
    const decided = await settle(tx, ctx, { ...input, to: "approved" });
    await enqueue(tx, applyProposal, { spaceId: input.spaceId, proposalId: input.proposalId });
    return decided;
  });
}

/** Rejects a pending proposal, with a reason (one of the six, or in words) or without. */
export async function reject(ctx: Ctx, input: z.output<typeof RejectInput> & InSpace): Promise<Decided> {
  return transaction(ctx.db, (tx) => settle(tx, ctx, { ...input, to: "rejected" }));
}

/**
 * The one way out of `pending`: a compare-and-set on status and version, with the decision's record, the counters of its
 * run, if it has one, and the events in the same transaction. The last decision on a completed run makes it reviewed.
 * @throws AppError `conflict` naming who was first, `not_found` outside the space
 */
export async function settle(
  tx: Tx,
  ctx: Ctx,
  input: InSpace & {
    proposalId: string;
    version: number;
    to: "approved" | "rejected" | "merged";
    code?: RejectCode | undefined;
    reason?: string | undefined;
    /** The rule that approves it, where no person does. */
    autoRuleId?: string;
    mergedIntoId?: string;
    mergedIntoNoteId?: string;
  },
): Promise<Decided> {
  const { spaceId, proposalId, version, to } = input;
  const at = ctx.now();
  const decisionId = newId();
  const [row] = await tx.query<{ version: number; runId: string | null; runReviewed: boolean | null }>(
    `with decided as (
       update proposals
          set status = $4::"ProposalStatus", version = version + 1, decision_id = $5, decided_by = $6, decided_at = $7,
              updated_at = $7, decision_reason = $8, merged_into_id = $9, merged_into_note_id = $10,
              decision_code = $11::"RejectCode", auto_rule_id = $12
        where id = $1 and space_id = $2 and status = 'pending' and version = $3
       returning id, version, run_id
     ), recorded as (
       insert into proposal_decisions (id, space_id, proposal_id, action, actor, reason, code, before, after, at)
       select $5, $2, id, ($4::text)::"DecisionAction", $6, $8, $11::"RejectCode",
              jsonb_build_object('status', 'pending', 'version', $3::int),
              jsonb_strip_nulls(jsonb_build_object('status', $4::text, 'version', version,
                                                   'mergedIntoId', $9::uuid, 'mergedIntoNoteId', $10::uuid)), $7
         from decided
     ), counted as (
       update runs
          set proposals_pending = proposals_pending - 1,
              proposals_approved = proposals_approved + ($4 = 'approved')::int,
              proposals_rejected = proposals_rejected + ($4 = 'rejected')::int,
              proposals_merged = proposals_merged + ($4 = 'merged')::int,
              status = case when status = 'completed' and proposals_pending = 1 then 'reviewed' else status end,
              reviewed_at = case when status = 'completed' and proposals_pending = 1 then $7 else reviewed_at end
         from decided where runs.id = decided.run_id
       returning runs.status = 'reviewed' as "runReviewed"
     )
     select decided.version, decided.run_id as "runId", counted."runReviewed" from decided left join counted on true`,
    [
      proposalId,
      spaceId,
      version,
      to,
      decisionId,
      ctx.actor,
      at,
      input.reason || null,
      input.mergedIntoId ?? null,
      input.mergedIntoNoteId ?? null,
      input.code ?? null,
      input.autoRuleId ?? null,
    ],
  );
  if (!row) throw await whyNotDecided(tx, ctx, input);

  emit(tx, {
    spaceId,
    type: `proposal.${to}`,
    subjectId: proposalId,
    payload: { runId: row.runId },
    actor: ctx.actor,
    at,
  });
  if (row.runId && row.runReviewed)
    emit(tx, { spaceId, type: "run.reviewed", subjectId: row.runId, actor: ctx.actor, at });
  return { id: proposalId, status: to, version: row.version };
}
