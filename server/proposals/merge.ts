import type { z } from "zod";

import { emit } from "#server/events/index.ts";
import { enqueue } from "#server/jobs/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { transaction, type Tx } from "#server/lib/db.ts";
import { AppError } from "#server/lib/errors.ts";
import { newId } from "#server/lib/ids.ts";

import { type Decided, settle } from "./decide.ts";
import { applyProposal } from "./jobs.ts";
import type { MergeInput } from "./schema.ts";

/** Merges a pending proposal into another pending one, or into a note; the sources of both are united. */
export async function merge(ctx: Ctx, input: z.output<typeof MergeInput> & { spaceId: string }): Promise<Decided> {
  const { into, ...seen } = input;
  return transaction(ctx.db, async (tx) => {
    if (into.type === "note") {
      await lockHost(tx, input.spaceId, input.proposalId, into.noteId);
      const decided = await settle(tx, ctx, { ...seen, to: "merged", mergedIntoNoteId: into.noteId });
      await enqueue(tx, applyProposal, { spaceId: input.spaceId, proposalId: input.proposalId });
      return decided;
    }
    await lockTarget(tx, input.spaceId, input.proposalId, into.proposalId);
    const decided = await settle(tx, ctx, { ...seen, to: "merged", mergedIntoId: into.proposalId });
    await uniteEvidence(tx, ctx, { spaceId: input.spaceId, from: input.proposalId, into: into.proposalId });
    return decided;
  });
}

/** Takes back what a merge brought into a proposal; only while that one is still to be decided. */
export async function separateEvidence(
  tx: Tx,
  ctx: Ctx,
  { spaceId, from, into }: { spaceId: string; from: string; into: string },
): Promise<void> {
  const [target] = await tx.query<{ status: string; title: string }>(
    "select status, title from proposals where id = $1 and space_id = $2 for update",
    [into, spaceId],
  );
  if (target && target.status !== "pending") {
    throw new AppError(
      "conflict",
      `It was merged into “${target.title}”, which has been ${target.status} since. Undo that first, then this.`,
    );
  }
  await tx.query("delete from proposal_evidence where proposal_id = $1 and merged_from_id = $2", [into, from]);
  await touchTarget(tx, ctx, spaceId, into);
}

/** A note whose approval was taken back stands until its file is removed; what is merged into it then would go with it. */
async function lockHost(tx: Tx, spaceId: string, proposalId: string, noteId: string) {
  const [note] = await tx.query<{ hostId: string | null }>(
    `select proposal_id as "hostId" from notes where id = $1 and space_id = $2`,
    [noteId, spaceId],
  );
  if (!note) throw new AppError("not_found", "The note to merge into is not there any more. Choose another one.");
  if (note.hostId === null) return;
  await lockBoth(tx, spaceId, [proposalId, note.hostId]);
  // Only now: an undo that held the lock has shown itself, and one that comes later sees this merge and is refused.
  const [standing] = await tx.query(
    `select notes.id from notes join proposals host on host.id = notes.proposal_id
      where notes.id = $1 and (host.merged_into_note_id = notes.id
         or exists (select from kb_operations where id = host.decision_id and commit_hash is not null))`,
    [noteId],
  );
  if (!standing) {
    throw new AppError(
      "conflict",
      "This note is being taken back, so nothing can be merged into it. Choose another one.",
    );
  }
}

async function lockTarget(tx: Tx, spaceId: string, proposalId: string, targetId: string) {
  if (proposalId === targetId) throw new AppError("invalid_input", "A proposal cannot be merged into itself.");
  const rows = await lockBoth(tx, spaceId, [proposalId, targetId]);
  const target = rows.find((row) => row.id === targetId);
  if (!target) throw new AppError("not_found", "The proposal to merge into is not in this space.");
  if (target.status !== "pending") {
    throw new AppError(
      "conflict",
      `“${target.title}” has been ${target.status} already. Merge into its note, or undo that first.`,
    );
  }
}

/** Both rows in one order, so that two opposite merges do not wait for each other. */
function lockBoth(tx: Tx, spaceId: string, ids: [string, string]) {
  return tx.query<{ id: string; status: string; title: string }>(
    "select id, status, title from proposals where id = any($1) and space_id = $2 order by id for update",
    [ids, spaceId],
  );
}

async function uniteEvidence(
  tx: Tx,
  ctx: Ctx,
  { spaceId, from, into }: { spaceId: string; from: string; into: string },
) {
  const quotes = await tx.query<{ id: string }>("select id from proposal_evidence where proposal_id = $1", [from]);
  await tx.query(
    `insert into proposal_evidence (id, space_id, proposal_id, message_id, revision, start_offset, end_offset, quote, position, merged_from_id)
     select fresh.id, e.space_id, $2, e.message_id, e.revision, e.start_offset, e.end_offset, e.quote, 1000 + e.position, $1
       from proposal_evidence e
       join rows from (unnest($3::uuid[]), unnest($4::uuid[])) as fresh (of_id, id) on fresh.of_id = e.id
     on conflict do nothing`,
    [from, into, quotes.map((quote) => quote.id), quotes.map(() => newId())],
  );
  await touchTarget(tx, ctx, spaceId, into);
}

/** Its sources changed: whoever has it open must look again before deciding. */
async function touchTarget(tx: Tx, ctx: Ctx, spaceId: string, proposalId: string) {
  const at = ctx.now();
  const [target] = await tx.query<{ runId: string | null }>(
    `update proposals set version = version + 1, updated_at = $2,
            has_evidence = exists (select from proposal_evidence where proposal_id = $1)
      where id = $1 returning run_id as "runId"`,
    [proposalId, at],
  );
  if (!target) return;
  emit(tx, {
    spaceId,
    type: "proposal.edited",
    subjectId: proposalId,
    payload: { runId: target.runId },
    actor: ctx.actor,
    at,
  });
}
