import { emit } from "#server/events/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import type { NewProposal } from "./schema.ts";

/**
 * Puts what a batch found, or someone wrote in a chat, before the reviewers, in the transaction that finishes that work:
 * the proposals are there once, however often it was tried.
 * Evidence that quotes a message of another space is left out: it cannot be shown.
 * @param input.runId the run that they are counted in; null, with `batchId`, for what belongs to none
 * @returns the new ids, in the order given
 */
export async function propose(
  tx: Tx,
  ctx: Ctx,
  input: {
    spaceId: string;
    runId: string | null;
    batchId: string | null;
    generatedBy: string;
    proposals: NewProposal[];
  },
): Promise<string[]> {
  if (input.proposals.length === 0) return [];
  const at = ctx.now();
  const rows = input.proposals.map((proposal) => ({ ...proposal, id: newId() }));

  await tx.query(
    `insert into proposals (id, space_id, run_id, batch_id, kind, title, body, details, confidence, reasons,
                            generated_by, has_evidence, created_at, updated_at)
     select p.id, $1, $2, $3, p.kind::"ProposalKind", p.title, p.body, p.details, p.confidence::"Confidence", p.reasons,
            $4, p.has_evidence, $5, $5
       from jsonb_to_recordset($6::jsonb) as p (id uuid, kind text, title text, body text, details jsonb,
            confidence text, reasons text[], has_evidence boolean)`,
    [
      input.spaceId,
      input.runId,
      input.batchId,
      input.generatedBy,
      at,
      JSON.stringify(rows.map((row) => ({ ...row, has_evidence: row.evidence.length > 0 }))),
    ],
  );
  await insertEvidence(tx, input.spaceId, rows);
  if (input.runId !== null) {
    await tx.query(
      `update runs set proposals_total = proposals_total + $2, proposals_pending = proposals_pending + $2 where id = $1`,
      [input.runId, rows.length],
    );
  }
  for (const row of rows) {
    emit(tx, {
      spaceId: input.spaceId,
      type: "proposal.created",
      subjectId: row.id,
      payload: { runId: input.runId },
      actor: ctx.actor,
      at,
    });
  }
  return rows.map((row) => row.id);
}

async function insertEvidence(tx: Tx, spaceId: string, rows: (NewProposal & { id: string })[]) {
  const quotes = rows.flatMap((row) =>
    row.evidence.map((quote, position) => ({
      id: newId(),
      proposal_id: row.id,
      message_id: quote.messageId,
      revision: quote.revision,
      start_offset: quote.start,
      end_offset: quote.end,
      quote: quote.quote,
      position,
    })),
  );
  await tx.query(
    `insert into proposal_evidence (id, space_id, proposal_id, message_id, revision, start_offset, end_offset, quote, position)
     select q.id, $1, q.proposal_id, q.message_id, q.revision, q.start_offset, q.end_offset, q.quote, q.position
       from jsonb_to_recordset($2::jsonb) as q (id uuid, proposal_id uuid, message_id uuid, revision int,
            start_offset int, end_offset int, quote text, position int)
       join messages on messages.id = q.message_id and messages.space_id = $1
     on conflict do nothing`,
    [spaceId, JSON.stringify(quotes)],
  );
}
