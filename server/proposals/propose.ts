import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import type { Tx } from "#server/lib/db.ts";
import { newId } from "#server/lib/ids.ts";

import { type Candidate, candidatesFor } from "./candidates.ts";
import { applyRulesJob } from "./jobs.ts";
import type { NewProposal } from "./schema.ts";
import { judge, recommendationFor } from "./similar.ts";

/**
 * Puts what a batch found, or someone wrote in a chat, before the reviewers, in the transaction that finishes that work:
 * the proposals are there once, however often it was tried.
 * Evidence that quotes a message of another space is left out: it cannot be shown.
 * What was there already and is like them is kept with them, with what to do about it where nobody said.
 * @param input.runId the run that they are counted in; null, with `batchId`, for what belongs to none
 * @param input.promptKey the prompt that they were found with, as `runs.prompt_key`
 * @param input.isMissed whether a person asked for what was passed over
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
    promptKey?: string | null;
    isMissed?: boolean;
    proposals: NewProposal[];
  },
): Promise<string[]> {
  if (input.proposals.length === 0) return [];
  const at = ctx.now();
  const rows = await compared(
    tx,
    input.spaceId,
    input.proposals.map((proposal) => ({ ...proposal, id: proposal.id ?? newId() })),
  );

  await tx.query(
    `insert into proposals (id, space_id, run_id, batch_id, kind, title, body, details, confidence, reasons,
                            generated_by, has_evidence, created_at, updated_at, prompt_key, is_missed, sureness,
                            recommendation, recommendation_why, "similar")
     select p.id, $1, $2, $3, p.kind::"ProposalKind", p.title, p.body, p.details, p.confidence::"Confidence", p.reasons,
            $4, p.has_evidence, $5, $5, $7, $8, p.sureness, p.recommendation::"Recommendation", p.recommendation_why, p."similar"
       from jsonb_to_recordset($6::jsonb) as p (id uuid, kind text, title text, body text, details jsonb,
            confidence text, reasons text[], has_evidence boolean, sureness float8, recommendation text,
            recommendation_why text, "similar" jsonb)`,
    [
      input.spaceId,
      input.runId,
      input.batchId,
      input.generatedBy,
      at,
      JSON.stringify(
        rows.map(({ recommendation, ...row }) => ({
          ...row,
          has_evidence: row.evidence.length > 0,
          recommendation: recommendation?.action ?? "new",
          recommendation_why: recommendation?.why ?? null,
        })),
      ),
      input.promptKey ?? null,
      input.isMissed ?? false,
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
  await letRulesDecide(
    tx,
    input.spaceId,
    rows.map((row) => row.id),
  );
  return rows.map((row) => row.id);
}

async function letRulesDecide(tx: Tx, spaceId: string, proposalIds: string[]) {
  const rules = await tx.query("select from approval_rules where space_id = $1 and is_on limit 1", [spaceId]);
  if (rules.length > 0) await enqueue(tx, applyRulesJob, { spaceId, proposalIds });
}

/** With what is like each of them: what is there already, and what stands before it in the same list. */
async function compared<Row extends NewProposal & { id: string }>(tx: Tx, spaceId: string, rows: Row[]) {
  const messagesOf = (row: Row) => [...new Set(row.evidence.map((quote) => quote.messageId))];
  const wanted = rows.map((row) => ({ id: row.id, title: row.title, messageIds: messagesOf(row) }));
  const known = await candidatesFor(tx, spaceId, wanted);
  return rows.map((row, index) => {
    const messages = new Set(messagesOf(row));
    const before = rows.slice(0, index).map((other): Candidate => {
      const sharesMessage = other.evidence.some((quote) => messages.has(quote.messageId));
      const { id, title, body, details } = other;
      return { type: "proposal", id, title, body, noteType: details.noteType, sharesMessage };
    });
    const candidates = [...(known.get(row.id) ?? []), ...before];
    const mine = { title: row.title, body: row.body, noteType: row.details.noteType };
    // One that says that a note is no longer so is like that note, and new all the same.
    const byRule = row.details.retires ? null : recommendationFor(mine, candidates);
    // Who read only the messages calls everything new; what is known says more.
    const isSaid = row.recommendation !== undefined && row.recommendation.action !== "new";
    const recommendation = isSaid ? row.recommendation : (byRule ?? row.recommendation);
    return { ...row, similar: judge(mine, candidates), recommendation };
  });
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
