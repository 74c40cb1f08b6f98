import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import type { Decided } from "./decide.ts";
import { applyProposal } from "./jobs.ts";
import { separateEvidence } from "./merge.ts";
import { whyNotDecided } from "./refusals.ts";
import type { UndoInput } from "./schema.ts";

type DecidedRow = {
  status: "approved" | "rejected" | "merged";
  version: number;
  runId: string;
  mergedIntoId: string | null;
  mergedIntoNoteId: string | null;
};

/**
 * Puts a decided proposal back to pending, until its run is closed. What an approval or a merge wrote into the KB
 * is reverted by a commit of its own.
 */
export async function undo(ctx: Ctx, input: z.output<typeof UndoInput> & { spaceId: string }): Promise<Decided> {
  const { spaceId, proposalId, version } = input;
  return transaction(ctx.db, async (tx) => {
    const [before] = await tx.query<DecidedRow>(
      `select status, version, run_id as "runId", merged_into_id as "mergedIntoId", merged_into_note_id as "mergedIntoNoteId"
         from proposals where id = $1 and space_id = $2 and version = $3 and status <> 'pending' for update`,
      [proposalId, spaceId, version],
    );
    if (!before) throw await whyNotDecided(tx, ctx, input);
    await refuseWhenBuiltUpon(tx, proposalId, before);
    if (before.mergedIntoId) await separateEvidence(tx, ctx, { spaceId, from: proposalId, into: before.mergedIntoId });

    const at = ctx.now();
    await tx.query(
      `update proposals set status = 'pending', version = version + 1, decision_id = null, decided_by = null, decided_at = null,
              decision_reason = null, merged_into_id = null, merged_into_note_id = null, updated_at = $2 where id = $1`,
      [proposalId, at],
    );
    await tx.query(
      `insert into proposal_decisions (id, space_id, proposal_id, action, actor, before, after, at)
       values ($1, $2, $3, 'reopened', $4, $5, $6, $7)`,
      [
        newId(),
        spaceId,
        proposalId,
        ctx.actor,
        { status: before.status, version },
        { status: "pending", version: version + 1 },
        at,
      ],
    );
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
  });
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

/** The counters move back; a reviewed run has something to decide again. A closed run stays as it is. */
async function reopenInRun(tx: Tx, before: DecidedRow) {
  const [run] = await tx.query(
    `update runs
        set proposals_pending = proposals_pending + 1,
            proposals_approved = proposals_approved - ($2 = 'approved')::int,
            proposals_rejected = proposals_rejected - ($2 = 'rejected')::int,
            proposals_merged = proposals_merged - ($2 = 'merged')::int,
            status = case when status = 'reviewed' then 'completed' else status end,
            reviewed_at = case when status = 'reviewed' then null else reviewed_at end
      where id = $1 and status <> 'closed' returning id`,
    [before.runId, before.status],
  );
  if (!run) {
    throw new AppError("conflict", "Its run is closed, so the decision stands. Change or delete the note instead.");
  }
}
